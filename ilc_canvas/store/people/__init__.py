"""Who may use the console: accounts, sessions, and sign-ins that failed."""
