"""Ways in that lead over another place: the school's sign-in, Canvas, a proxy."""
