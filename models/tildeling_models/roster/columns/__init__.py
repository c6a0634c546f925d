"""Engine ``columns``: whole schedules of one person as columns, priced by a compiled dynamic program."""

from tildeling_models.roster.columns.engine import solve

__all__ = ["solve"]
