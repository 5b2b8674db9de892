"""Intake of attendance: a file that says who came to which meeting."""
