"""Discussions of a course, and what people say in them."""
