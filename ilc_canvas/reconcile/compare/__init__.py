"""Compares desired with observed state: what differs, what must go, and what cannot be known."""
