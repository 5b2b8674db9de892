"""What a calendar means in Canvas: its values, their differences, and an event for each meeting."""
