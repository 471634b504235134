"""Templates of stages."""
