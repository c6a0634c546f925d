"""Tenants against each other, on every route: what is another's is answered as if it were not there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from tildeling_api.access.accounts import Accounts
from tildeling_api.access.roles import RIGHTS, Role
from tildeling_api.jobs.attempts import Attempts
from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.states import State
from tildeling_api.media import JSON
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Dataset, Event, Job

from .conftest import Client
from .test_access import ASKED, NOBODY
from .test_copies import rows

FILES = {"placements.csv": b"a;b\n", "rota.csv": b"a;b\n", "answer.json": b"{}", "report.html": b"<p>"}
ROLES = (Role.RESEARCHER, Role.ADMINISTRATOR, Role.AUDITOR)
"""Together they have every right."""


@pytest.fixture
def theirs(
    app: FastAPI, database: Database, attempts: Attempts, token_of: Callable[..., str], small_json: bytes,
    rota_json: bytes,
) -> dict[str, str]:  # fmt: skip
    """Ids of another tenant, by the words of addresses and bodies."""
    client = Client(app, token_of(Role.RESEARCHER, tenant="der"))
    found = {}
    for name, body in (("housing", small_json), ("rota", rota_json)):
        kept = client.post("/v1/datasets", content=body, headers={"content-type": JSON}).json()["id"]
        path = "/v1/allocations" if name == "housing" else "/v1/rotas"
        job = client.post(path, json={"dataset": kept}).json()["id"]
        assert attempts.begin(job, 1)
        assert attempts.end(job, 1, State.DONE, FILES, "optimal")
        found |= {f"dataset of {name}": kept, f"job of {name}": job}
    caller = Accounts(database).who(token_of(Role.CASEWORKER, tenant="der", name="kari"))
    assert caller is not None
    return found | {"account_id": caller.account, "token_id": caller.token}


@pytest.fixture
def here(app: FastAPI, token_of: Callable[..., str]) -> dict[Role, Client]:
    """Our own, in every role."""
    return {role: Client(app, token_of(role, tenant="her")) for role in ROLES}


def who_may(here: dict[Role, Client], method: str, path: str) -> Client:
    return next(client for role, client in here.items() if ASKED[method, path] in RIGHTS[role])


def of_kind(theirs: dict[str, str], word: str) -> list[str]:
    return [value for name, value in theirs.items() if name.split(" ")[0] == word]


def test_addresses_that_name_what_is_anothers(
    here: dict[Role, Client], theirs: dict[str, str], database: Database
) -> None:
    before, tried = rows(database), 0
    for method, path in ASKED:
        words = re.findall(r"\{(\w+)\}", path)
        if not words or words == ["name"]:
            continue
        client = who_may(here, method, path)
        for theirs_id in of_kind(theirs, words[0]):
            filled = [re.sub(r"\{name\}", "report.html", path).replace(f"{{{words[0]}}}", each)
                      for each in (theirs_id, NOBODY)]  # fmt: skip
            one, nobody = (client.send(method, address, json={}) for address in filled)
            assert one.status_code == nobody.status_code, (method, path, one.text)
            assert one.content == nobody.content, (method, path)
            assert 400 <= one.status_code < 500
            tried += 1
    assert tried > 20
    assert rows(database) == before


def test_bodies_that_name_what_is_anothers(
    here: dict[Role, Client], theirs: dict[str, str], database: Database
) -> None:
    before = rows(database)
    client = here[Role.RESEARCHER]
    named = {
        kind.path: {*kind.earlier, "dataset"} & kind.asked.model_fields.keys() for kind in KINDS.values()
    }
    named |= {"/comparisons": {"one", "other"}, "/substitutes": {"rota"}, "/roll-outs": {"rota"},
              "/checks": {"dataset"}}  # fmt: skip
    more = {
        "/candidates": {"unit": "u"}, "/substitutes": {"staff_id": "m01", "date": "2027-01-04"},
        "/roll-outs": {"start": "2027-01-04", "weeks": 2},
    }  # fmt: skip
    tried = 0
    for path, names in named.items():
        for theirs_id in theirs.values() if names else ():
            said = []
            for each in (theirs_id, NOBODY):
                answer = client.post(f"/v1{path}", json=dict.fromkeys(names, each) | more.get(path, {}))
                assert answer.status_code == 404, (path, answer.text)
                said.append(answer.content)
            assert said[0] == said[1], path
            tried += 1
    assert tried > 50
    assert rows(database) == before


def test_lists_hold_nothing_of_anothers(here: dict[Role, Client], theirs: dict[str, str]) -> None:
    for path in ("/v1/datasets", "/v1/jobs", "/v1/accounts", "/v1/audit", "/v1/metrics", "/v1/me"):
        answer = who_may(here, "GET", path).get(path)
        assert answer.status_code == 200
        assert not [each for each in theirs.values() if each in answer.text], path


def test_what_both_have_is_kept_apart(
    here: dict[Role, Client], theirs: dict[str, str], small_json: bytes, database: Database
) -> None:
    """The same content, sent by both, is two data sets: that one has it tells the other nothing."""
    client = here[Role.RESEARCHER]
    sent = client.post("/v1/datasets", content=small_json, headers={"content-type": JSON})
    assert sent.status_code == 201
    ours = sent.json()["id"]
    assert ours not in theirs.values()
    job = client.post("/v1/allocations", json={"dataset": ours, "previous": theirs["job of housing"]})
    assert job.status_code == 404
    assert client.delete(f"/v1/datasets/{ours}").status_code == 204
    with database.reading() as session:
        kept = session.scalars(select(Dataset).where(Dataset.id == theirs["dataset of housing"])).one()
        assert kept.content is not None
        tenants = {each.tenant_id for each in session.scalars(select(Job)).all()}
        assert len(tenants) == 1
        told = session.scalars(select(Event).where(Event.subject == ours)).all()
        assert {each.tenant_id for each in told}.isdisjoint(tenants)
        assert theirs["dataset of housing"] not in json.dumps([each.details for each in told])
