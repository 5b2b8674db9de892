"""What the worker keeps between runs: requests, jobs, notices, the lease."""
