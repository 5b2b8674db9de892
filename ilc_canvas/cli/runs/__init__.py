"""Commands about runs: plan, sync, undo, approvals and explanations."""
