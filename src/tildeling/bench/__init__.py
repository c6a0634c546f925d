"""Campaigns of research: published instances, engines side by side, tables and plots fit for a paper."""
