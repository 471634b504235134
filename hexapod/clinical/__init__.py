"""What the surgeon says: sides, direction words, deformity and mounting.  The only place where a word becomes a sign."""
