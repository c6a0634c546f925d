"""The database: accounts, tokens and the audit trail; SQLite in one file, or PostgreSQL by its URL."""
