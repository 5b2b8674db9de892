"""What keeps the console safe: who may come, from where, with which headers."""
