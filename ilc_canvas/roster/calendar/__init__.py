"""Intake and export of calendars: CSV and iCalendar files become a calendar with its findings, and a calendar becomes feeds."""
