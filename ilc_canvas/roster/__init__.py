"""Intake: reading roster files, checking every row, saying what is wrong in words. No SQL."""
