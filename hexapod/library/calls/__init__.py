"""What a user can do in the library."""
