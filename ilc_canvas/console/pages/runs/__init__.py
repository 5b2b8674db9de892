"""Runs and their plans: to read, to approve or decline, and to undo."""
