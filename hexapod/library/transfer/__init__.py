"""Cases and whole libraries in and out: export, import, backup."""
