"""What the sandbox holds in memory, and how it is found."""
