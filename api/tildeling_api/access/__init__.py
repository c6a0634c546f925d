"""Who may do what: roles, accounts, tokens, and the trail of what was done."""
