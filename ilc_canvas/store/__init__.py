"""The store: roster versions, runs, ledger, approvals and the audit log, in SQLite or PostgreSQL. The only room with SQL."""
