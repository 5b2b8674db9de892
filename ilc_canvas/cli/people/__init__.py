"""Commands about people: identity questions, decisions, and erasing somebody."""
