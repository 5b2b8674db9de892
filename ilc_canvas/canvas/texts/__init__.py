"""Texts with markup as Canvas has them: compared, linked, and with one generated part."""
