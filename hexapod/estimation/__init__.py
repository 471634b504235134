"""One estimate from all measurements: how the rings are fixed to the bone, with standard deviations."""
