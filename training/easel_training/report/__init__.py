"""The report of a run: its curves, its sheets of samples over time, and one page."""
