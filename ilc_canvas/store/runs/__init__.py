"""Runs: plans, decisions about them, outcomes, and what they made in Canvas."""
