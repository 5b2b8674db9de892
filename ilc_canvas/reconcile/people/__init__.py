"""People: accounts in Canvas, and which one belongs to each person in the roster."""
