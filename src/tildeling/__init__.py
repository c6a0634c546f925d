"""tildeling: who lives in which differentiated home, and which staff base serves them.

Read a data set, propose an allocation, check it, explain it::

    from tildeling import allocate, check, explain, read_dataset

    data = read_dataset("instances/small")
    proposal = allocate(data, time_limit=30)
    assert check(data, proposal.solution).ok
    print(explain(proposal, "s01").text("en"))
"""

from tildeling.files import read_dataset, read_rota
from tildeling.housing.allocate import allocate
from tildeling.housing.check import check
from tildeling.housing.explain import explain

__all__ = ["allocate", "check", "explain", "read_dataset", "read_rota"]
