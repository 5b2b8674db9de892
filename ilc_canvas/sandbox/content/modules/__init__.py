"""Modules of a course, and what stands in them."""
