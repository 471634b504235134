"""The page: forms, read-back, preview, schedule.  No arithmetic and no signs: every number comes from the package."""
