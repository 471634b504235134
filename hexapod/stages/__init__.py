"""Templates (protocols) of stages."""
