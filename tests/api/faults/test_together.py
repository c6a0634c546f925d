"""Several interfaces and workers on one database; nothing goes wrong, and nothing is done twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tildeling_api.client import Client
from tildeling_api.jobs.states import State

from .service import Service, ended_once, whole

pytestmark = pytest.mark.slow

JOBS = 6


def test_two_interfaces_and_two_workers_share_a_database(
    service: Service, token: str, documents: Path
) -> None:
    addresses = []
    for _ in range(2):
        service.port = 0
        service.serve("--workers", "0")
        addresses.append(service.address)
    service.worker()
    service.worker()
    with Client(addresses[0], token) as one, Client(addresses[1], token) as other:
        dataset = one.keep(documents / "small.json").id
        assert other.keep(documents / "small.json").id == dataset
        jobs = [
            (one, other)[n % 2].ask("allocation", f"job {n}", dataset=dataset, engine="mip").id
            for n in range(JOBS)
        ]
        assert other.ask("allocation", "job 0", dataset=dataset, engine="mip").id == jobs[0], (
            "asked again elsewhere"
        )
        for n, job in enumerate(jobs):
            *_, last = (other, one)[n % 2].follow(job)  # where it was not asked for
            assert last.state is State.DONE
        assert len({one.file(job, "placements.csv") for job in jobs}) == 1
    ended_once(service, jobs)
    service.alone()
    whole(service)
