"""What the surgeon measures: quantities and their direction words, sides, deformity and mounting as poses."""
