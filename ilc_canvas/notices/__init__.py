"""Notices to staff by mail or webhook. Texts are pure; sending is separate."""
