"""The audit log: a chain of events, its signed heads, and what is erased beside it."""
