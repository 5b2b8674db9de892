"""Users, logins, addresses and administrators of the sandbox."""
