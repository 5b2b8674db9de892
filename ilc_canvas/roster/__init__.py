"""Intake: roster files become a roster, or findings that say what is wrong in them. No SQL, no Canvas."""
