"""Commands about one course."""
