"""Accounts, terms, roles and rights of the sandbox."""
