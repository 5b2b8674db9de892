"""Plans and runs: what they change, whom they reach, and what waits."""
