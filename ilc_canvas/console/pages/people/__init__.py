"""People: found, looked at, and decided about where it is open who is who."""
