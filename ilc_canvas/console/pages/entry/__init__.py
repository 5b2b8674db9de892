"""Pages that lead over another sign-in: there, and back."""
