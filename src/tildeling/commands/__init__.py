"""Commands, each registered through the entry-point group ``tildeling.commands``."""
