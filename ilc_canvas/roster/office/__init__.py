"""What is an office's own: its words for columns and values, templates for it to fill in, and hints in its own values."""
