"""What the surgeon says: sides, direction words, deformity, mounting.  The only place where a word becomes a sign."""
