"""Roster versions, and whom they speak of."""
