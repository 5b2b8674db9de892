"""What templates can say about a course and its meetings."""
