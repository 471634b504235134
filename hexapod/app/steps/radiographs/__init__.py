"""The step Radiographs: optional; opens them, has points placed on them, and offers what they tell to the entries."""
