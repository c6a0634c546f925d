"""What people read of a rota: a page, plots, a picture."""
