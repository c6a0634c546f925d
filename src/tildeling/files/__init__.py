"""Reading and writing data sets: CSV folder, workbook, JSON document."""
