"""What a year came to: figures from rosters, calendars and attendance."""
