"""One course: who is in it, its meetings, what waits."""
