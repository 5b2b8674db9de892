"""Checks of roster files, row against row and file against file."""
