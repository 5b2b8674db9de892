"""What people may do. Actions use only the store; who acts, and when, are arguments."""
