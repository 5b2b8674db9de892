"""What differs from the roster and is left alone, and deciding about it."""
