"""The worker: its loop, its jobs, sending notices, and its HTTP endpoints for monitoring."""
