"""What people read: pages, spreadsheets, plots."""
