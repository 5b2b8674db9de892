"""Commands about the worker and what it depends on."""
