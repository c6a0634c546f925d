"""Every kind of job; a new one is a file here and a line below."""

from __future__ import annotations

from tildeling_api.jobs.kinds.allocation import ALLOCATION
from tildeling_api.jobs.kinds.candidates import CANDIDATES
from tildeling_api.jobs.kinds.conflict import CONFLICT
from tildeling_api.jobs.kinds.explanation import EXPLANATION
from tildeling_api.jobs.kinds.instance import INSTANCE
from tildeling_api.jobs.kinds.kind import Kind
from tildeling_api.jobs.kinds.repair import REPAIR
from tildeling_api.jobs.kinds.rota import ROTA

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (ALLOCATION, EXPLANATION, CANDIDATES, ROTA, REPAIR, CONFLICT, INSTANCE)
}
