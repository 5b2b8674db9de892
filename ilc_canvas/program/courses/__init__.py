"""What a course holds beside its people and meetings, and when it may be opened."""
