"""Engine ``neighbourhoods``: a first roster person by person, then CP-SAT on parts of it, one tier after another."""

from tildeling_models.roster.neighbourhoods.engine import solve

__all__ = ["solve"]
