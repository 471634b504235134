"""Set-up of a level, trajectory of the bone, coupled levels, trajectory of the frame, gaps."""
