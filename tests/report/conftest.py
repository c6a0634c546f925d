"""Proposals to report on: a small one, a town's, and one whose every name is an attack."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tildeling import allocate, read_dataset
from tildeling.housing.proposal import Proposal
from tildeling.settings import Name

INSTANCES = Path(__file__).parents[2] / "instances"
SCRIPT = '<script>alert("1")</script>'
FORMULA = '=HYPERLINK("http://example.org") & \'$x^2$'


def proposal_for(name: str) -> Proposal:
    """A proven proposal for an instance of the project."""
    found = allocate(read_dataset(INSTANCES / name), engine="mip", time_limit=60)
    assert isinstance(found, Proposal)
    return found


@pytest.fixture(scope="session")
def small() -> Proposal:
    """Some twenty applicants."""
    return proposal_for("small")


@pytest.fixture(scope="session")
def town() -> Proposal:
    """A week at the allocation office: residents, locks, movers, ties, standing breaches, flags."""
    return proposal_for("tromso-vacancies")


@pytest.fixture(scope="session")
def hostile(town: Proposal) -> Proposal:
    """The town with names that would run if they were not escaped."""
    data = town.data
    policy = data.policy.model_copy(
        update={
            "target_groups": {
                code: Name(nb=f"{FORMULA} {i}", en=f"{SCRIPT} {i}")
                for i, code in enumerate(data.policy.target_groups)
            }
        }
    )
    notice = {"notice_nb": f"{SCRIPT} & &", "notice_en": f"@{SCRIPT}"}
    changed = replace(
        data,
        policy=policy,
        info=data.info.model_copy(update=notice),
        sites=tuple(row.model_copy(update={"name": f"{SCRIPT}{row.site_id}"}) for row in data.sites),
        communities=tuple(row.model_copy(update={"name": f"+{SCRIPT}"}) for row in data.communities),
        groups=tuple(row.model_copy(update={"name": f"-1+{row.group_id}{SCRIPT}"}) for row in data.groups),
        bases=tuple(row.model_copy(update={"name": FORMULA}) for row in data.bases),
    )
    return Proposal(changed, town.solution, town.report, town.document)
