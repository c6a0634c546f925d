"""What tests of several layers share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tildeling_models import process
from tildeling_models.roster.engines import ENGINES

PROBES = Path(__file__).parent / "probes"

settings.register_profile("same", derandomize=True)
settings.register_profile("random", derandomize=False, print_blob=True)
settings.load_profile(
    "same"
)  # a check fails for what a change did; what chance finds is for `make test-random`


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The engines of ``probes/roster_probes.py``, here and in children; their folder."""
    monkeypatch.syspath_prepend(PROBES)
    from roster_probes import PROBES as ENGINES_OF_TESTS

    for name, place in ENGINES_OF_TESTS.items():
        monkeypatch.setitem(ENGINES, name, place)
    monkeypatch.setattr(process, "WORKER", (str(PROBES / "probe_worker.py"),))
    return PROBES
