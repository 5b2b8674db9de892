"""Attendance versions: documents whose content is who came to which meeting."""
