"""Commands about the store: its schema, backups and the audit log."""
