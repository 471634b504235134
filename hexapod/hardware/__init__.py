"""Rings and struts: catalogue data with their sources, and scale readings to lengths and back."""
