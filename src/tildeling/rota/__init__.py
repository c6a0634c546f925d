"""Rotas: who works when at a base, by Norwegian working-time law and the agreements in force."""
