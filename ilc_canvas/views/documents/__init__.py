"""Versions of the roster and the calendar, and how they differ."""
