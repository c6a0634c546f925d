"""HTTP on the library: thin, nothing is decided here."""
