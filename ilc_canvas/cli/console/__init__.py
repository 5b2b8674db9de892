"""The console: starting it, and accounts for it."""
