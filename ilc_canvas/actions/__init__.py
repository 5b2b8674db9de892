"""What people may do: store only; who does it, and when, are arguments."""
