"""What a browser session is about: the open case, who is there, what is saved, signed and recorded."""
