"""Commands about documents that people sign."""
