"""How long what is kept is kept, and its end: archived first, then purged."""
