"""Drawings beside the entries."""
