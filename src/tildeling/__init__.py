"""tildeling: who lives in which differentiated home, and which staff base serves them.

>>> from tildeling import read_dataset, allocate, check, explain  # doctest: +SKIP
"""

from tildeling.files import read_dataset
from tildeling.housing.allocate import allocate
from tildeling.housing.check import check

__all__ = ["allocate", "check", "read_dataset"]
