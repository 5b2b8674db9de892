"""What people look at: values without layout, from settings and store."""
