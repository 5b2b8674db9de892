"""What people look at: plain values without layout, read from the settings and the store."""
