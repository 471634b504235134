"""Laws of anatomy and mechanism, in literal numbers worked by hand."""
