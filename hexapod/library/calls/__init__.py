"""The calls of a user of the library."""
