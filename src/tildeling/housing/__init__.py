"""The housing domain: data, rules, goals, solutions and what is said of them."""
