"""Templates of the courses: from texts that the office edits to what each course holds."""
