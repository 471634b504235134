"""Before surgery: distances of the rings, and what a wrong mounting would do."""
