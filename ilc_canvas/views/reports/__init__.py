"""What a report says, without its form."""
