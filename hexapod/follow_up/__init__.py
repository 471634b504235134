"""After surgery: readings against the plan, what explains them, and the plan that continues it."""
