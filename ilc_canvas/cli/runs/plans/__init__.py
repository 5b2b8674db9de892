"""A plan, in words."""
