"""The step Follow-up: readings, what they mean, the plan that goes on."""
