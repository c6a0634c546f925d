"""Content types of a data set; nothing else is read, so that no page elsewhere can post without asking."""

JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SUFFIXES = {JSON: ".json", XLSX: ".xlsx"}
"""The ending of a file of each."""
