"""Courses, sections and enrollments of the sandbox."""
