"""The steps of the planner, one module each."""
