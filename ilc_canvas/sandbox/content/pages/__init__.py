"""Pages of a course, with their texts, addresses and former versions."""
