"""Plots of a rota, one a file: each draws on an axes it is given or makes, and returns it."""
