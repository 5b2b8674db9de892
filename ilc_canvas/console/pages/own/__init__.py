"""Pages about whoever looks at them."""
