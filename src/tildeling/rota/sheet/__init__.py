"""A rota as the sheet a planner expects: written, and read back after the planner's own changes."""
