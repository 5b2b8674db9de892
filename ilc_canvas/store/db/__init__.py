"""The database: how a store is opened, and what its tables are made of."""
