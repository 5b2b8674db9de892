"""A course in a browser."""
