"""Changes that a plan leaves out, and why."""
