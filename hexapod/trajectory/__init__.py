"""From stages to settings: the bone's course, the calendar, the frame's lengths, the scales, strut exchanges."""
