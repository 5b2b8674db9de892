"""Requests to Canvas: session, limits, retries, and what an answer means."""
