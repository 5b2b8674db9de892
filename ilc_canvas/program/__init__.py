"""What a finalized ILC roster means in Canvas: courses, sections, people, enrollments. Pure: no files, no clock, no network."""
