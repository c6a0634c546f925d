"""Who may do what: every route against every role, tokens, tenants, the trail, and the tables."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tildeling.errors import UsageError
from tildeling_api import account_routes, dataset_routes, job_routes, metrics, question_routes
from tildeling_api import routes as plain_routes
from tildeling_api.access import audit
from tildeling_api.access.accounts import Accounts, Caller, Missing, Taken, now
from tildeling_api.access.gate import OPEN, May
from tildeling_api.access.pace import Pace
from tildeling_api.access.roles import RIGHTS, Right, Role
from tildeling_api.guard import HEADERS
from tildeling_api.settings import Settings
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Event, Table

Problem = Callable[..., dict[str, Any]]
TokenOf = Callable[..., str]

ASKED = {
    ("GET", "/v1/engines"): Right.SERVICE,
    ("GET", "/v1/metrics"): Right.OPERATE,
    ("GET", "/v1/schemas/dataset"): Right.SERVICE,
    ("POST", "/v1/datasets/validate"): Right.DATA,
    ("GET", "/v1/schemas/rota"): Right.SERVICE,
    ("GET", "/v1/rulesets"): Right.SERVICE,
    ("GET", "/v1/rulesets/{name}"): Right.SERVICE,
    ("GET", "/v1/instances"): Right.SERVICE,
    ("POST", "/v1/allocations"): Right.HOMES,
    ("POST", "/v1/explanations"): Right.HOMES,
    ("POST", "/v1/candidates"): Right.HOMES,
    ("POST", "/v1/instances"): Right.HOMES,
    ("POST", "/v1/rotas"): Right.ROTAS,
    ("POST", "/v1/repairs"): Right.ROTAS,
    ("POST", "/v1/conflicts"): Right.ROTAS,
    ("GET", "/v1/jobs"): Right.JOBS,
    ("GET", "/v1/jobs/{job}"): Right.JOBS,
    ("DELETE", "/v1/jobs/{job}"): Right.JOBS,
    ("GET", "/v1/jobs/{job}/events"): Right.JOBS,
    ("POST", "/v1/jobs/{job}/cancel"): Right.JOBS,
    ("GET", "/v1/jobs/{job}/result"): Right.JOBS,
    ("GET", "/v1/jobs/{job}/files"): Right.JOBS,
    ("GET", "/v1/jobs/{job}/files/{name}"): Right.JOBS,
    ("GET", "/v1/jobs/{job}/archive"): Right.JOBS,
    ("POST", "/v1/checks"): Right.DATA,
    ("POST", "/v1/comparisons"): Right.JOBS,
    ("POST", "/v1/substitutes"): Right.ROTAS,
    ("POST", "/v1/roll-outs"): Right.ROTAS,
    ("GET", "/v1/datasets/template"): Right.SERVICE,
    ("POST", "/v1/datasets/{dataset}/sheet-checks"): Right.ROTAS,
    ("POST", "/v1/datasets/{dataset}/pseudonyms"): Right.DATA,
    ("GET", "/v1/me"): Right.SELF,
    ("GET", "/v1/datasets"): Right.DATA,
    ("POST", "/v1/datasets"): Right.DATA,
    ("GET", "/v1/datasets/{dataset}"): Right.DATA,
    ("GET", "/v1/datasets/{dataset}/content"): Right.DATA,
    ("DELETE", "/v1/datasets/{dataset}"): Right.DATA,
    ("GET", "/v1/accounts"): Right.ACCOUNTS,
    ("POST", "/v1/accounts"): Right.ACCOUNTS,
    ("DELETE", "/v1/accounts/{account_id}"): Right.ACCOUNTS,
    ("POST", "/v1/accounts/{account_id}/tokens"): Right.ACCOUNTS,
    ("DELETE", "/v1/tokens/{token_id}"): Right.ACCOUNTS,
    ("GET", "/v1/audit"): Right.AUDIT,
}
"""Every route but health, and the right it asks for."""

NOBODY = "0" * 32


def routes(app: FastAPI) -> set[tuple[str, str]]:
    document = app.openapi()
    return {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}


def test_every_route_is_in_the_matrix(app: FastAPI) -> None:
    assert routes(app) == set(ASKED) | {("GET", "/v1/health")}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("method", "path"), ASKED)
def test_a_route_answers_whose_role_may(
    app: FastAPI, client_of: Any, token_of: TokenOf, problem: Problem, role: Role, method: str, path: str
) -> None:
    address = re.sub(r"\{\w+\}", NOBODY, path)
    answer = client_of(app, token_of(role)).send(method, address)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    if ASKED[method, path] in RIGHTS[role]:
        assert answer.status_code not in (401, 403)
    else:
        said = problem(answer, 403, "forbidden")
        assert said["detail"] == f"role {role} has no right to {ASKED[method, path]}"


@pytest.mark.parametrize(
    ("method", "path"), [*ASKED, ("GET", "/v1/openapi.json"), ("GET", "/v1/nothing"), ("GET", "/")]
)
def test_without_a_token_nothing_is_said(
    app: FastAPI, client_of: Any, problem: Problem, method: str, path: str
) -> None:
    answer = client_of(app, "").send(method, path, headers={})
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/v1/health", "/v1/me", "/v1/nothing", "/v1/openapi.json"])
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer none"}, {"host": "example.org"}])
def test_every_answer_says_what_may_be_done_with_it(
    app: FastAPI, client_of: Any, caseworker: str, path: str, headers: dict[str, str]
) -> None:
    answer = client_of(app, caseworker).get(path, headers=headers)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "server" not in answer.headers


def test_health_is_open(app: FastAPI, client_of: Any) -> None:
    assert client_of(app, "").get("/v1/health").status_code == 200
    assert {("GET", "/v1/health"), ("HEAD", "/v1/health")} == OPEN


def test_openapi_says_which_routes_ask_for_a_token(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    for method, path in ASKED:
        assert paths[path][method.lower()]["security"] == [{"token": []}]
    assert "security" not in paths["/v1/health"]["get"]


def test_every_route_but_health_depends_on_a_right(app: FastAPI) -> None:
    """A right forgotten would be found here, not by whoever should not have had it."""

    def rights(route: APIRoute) -> list[object]:
        inner = [part.call for part in route.dependant.dependencies]
        return [each for each in inner if isinstance(each, May)]

    found = {(method, route.path): rights(route) for route in _routes() for method in route.methods}
    assert {each for each, held in found.items() if not held} == {("GET", "/v1/health")}
    assert {(method, path.replace(":path", "")) for method, path in found} == routes(app)


def _routes() -> list[APIRoute]:
    modules = (account_routes, dataset_routes, job_routes, metrics, question_routes, plain_routes)
    return [each for module in modules for each in module.router.routes if isinstance(each, APIRoute)]


# --- tokens --------------------------------------------------------------------------------------------


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> dt.datetime:
        return self.at


def test_a_token_ends(database: Database) -> None:
    clock = Clock()
    accounts = Accounts(database, clock)
    given = accounts.add("default", "kari", Role.CASEWORKER, days=1)[1]
    clock.at += dt.timedelta(hours=23, minutes=59)
    assert accounts.who(given.secret) is not None
    clock.at += dt.timedelta(minutes=1)
    assert accounts.who(given.secret) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda secret: secret[:-1] + ("A" if secret[-1] != "A" else "B"),
        lambda secret: secret[:4] + NOBODY + secret[36:],
        lambda secret: secret.upper(),
        lambda secret: secret + "A",
        lambda secret: secret.removeprefix("tld_"),
        lambda _: "",
    ],
)
def test_another_token_is_none(database: Database, spoil: Callable[[str], str]) -> None:
    accounts = Accounts(database)
    given = accounts.add("default", "kari", Role.CASEWORKER)[1]
    assert accounts.who(given.secret) is not None
    assert accounts.who(spoil(given.secret)) is None


def test_secrets_are_not_kept(database: Database) -> None:
    given = Accounts(database).add("default", "kari", Role.CASEWORKER)[1]
    with database.reading() as session:
        rows = (
            session.execute(text("SELECT * FROM tokens")).all()
            + session.execute(text("SELECT * FROM events")).all()
        )
    _, name, secret = given.secret.split("_", 2)  # the secret may have underscores of its own
    assert name == given.id
    assert name in repr(rows)
    assert len(secret) == 43
    assert secret not in repr(rows)


def test_only_the_scheme_bearer_counts(
    app: FastAPI, client_of: Any, caseworker: str, problem: Problem
) -> None:
    client = client_of(app, "")
    problem(client.get("/v1/me", headers={"authorization": f"Basic {caseworker}"}), 401, "unauthenticated")
    problem(client.get("/v1/me", headers={"authorization": caseworker}), 401, "unauthenticated")
    assert client.get("/v1/me", headers={"authorization": f"bearer  {caseworker} "}).status_code == 200


def test_a_bucket_fills_steadily() -> None:
    at = [0.0]
    pace = Pace(per_minute=60, at_once=3, clock=lambda: at[0])
    assert [pace.wait("one") for _ in range(4)] == [0, 0, 0, 1]
    assert pace.wait("two") == 0
    at[0] = 0.5
    assert pace.wait("one") == 1
    at[0] = 1.0
    assert [pace.wait("one"), pace.wait("one")] == [0, 1]
    at[0] = 1000.0
    assert [pace.wait("one") for _ in range(4)] == [0, 0, 0, 1]


def test_names_that_are_idle_are_forgotten() -> None:
    at = [0.0]
    pace = Pace(per_minute=60, at_once=3, clock=lambda: at[0])
    for n in range(10_001):
        pace.wait(str(n))
    at[0] = 10.0
    pace.wait("new")
    assert len(pace._level) == 1


def test_who_asks_too_often_is_told_when_to_come_again(
    app_of: Any, client_of: Any, token_of: TokenOf, problem: Problem
) -> None:
    app = app_of(Settings(per_minute=1, at_once=2))
    hasty, other = client_of(app, token_of(Role.PLANNER)), client_of(app, token_of(Role.AUDITOR))
    assert [hasty.get("/v1/me").status_code for _ in range(2)] == [200, 200]
    refused = hasty.get("/v1/me")
    problem(refused, 429, "too-many")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert hasty.get("/v1/health").status_code == 200
    assert other.get("/v1/me").status_code == 200


def test_there_is_always_an_administrator_to_be_had(database: Database) -> None:
    """Also when the last one is closed, and the name is somebody else's."""
    accounts = Accounts(database)
    accounts.add("default", "administrator 2", Role.PLANNER)
    for name in ("administrator", "administrator 3", "administrator 4"):
        given = accounts.first()
        assert given is not None
        caller = accounts.who(given.secret)
        assert caller is not None
        assert caller.name == name
        assert accounts.first() is None
        accounts.close(caller, caller.account)


# --- accounts over HTTP --------------------------------------------------------------------------------


def test_an_administrator_opens_gives_revokes_and_closes(
    app: FastAPI, client_of: Any, token_of: TokenOf
) -> None:
    keeper = client_of(app, token_of(Role.ADMINISTRATOR))
    opened = keeper.post("/v1/accounts", json={"name": "fagsystem", "role": "caseworker"})
    assert opened.status_code == 201
    number = opened.json()["account_id"]
    given = keeper.post(f"/v1/accounts/{number}/tokens", json={"days": 2}).json()
    other = client_of(app, given["token"])
    me = other.get("/v1/me").json()
    assert (me["name"], me["role"], me["rights"]) == (
        "fagsystem",
        "caseworker",
        ["data", "homes", "jobs", "self", "service"],
    )
    assert me["token_expires_at"] == given["expires_at"]

    assert keeper.delete(f"/v1/tokens/{given['token_id']}").status_code == 204
    assert other.get("/v1/me").status_code == 401
    again = client_of(app, keeper.post(f"/v1/accounts/{number}/tokens", json={}).json()["token"])
    assert again.get("/v1/me").status_code == 200
    for _ in range(2):
        assert keeper.delete(f"/v1/accounts/{number}").status_code == 204
    assert again.get("/v1/me").status_code == 401
    listed = {each["name"]: each["closed_at"] for each in keeper.get("/v1/accounts").json()["accounts"]}
    assert listed["fagsystem"] is not None
    assert keeper.post(f"/v1/accounts/{number}/tokens", json={}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "role": "caseworker"},
        {"name": "<script>", "role": "caseworker"},
        {"name": "x" * 61, "role": "caseworker"},
        {"name": "kari", "role": "king"},
        {"name": "kari"},
        {"name": "kari", "role": "caseworker", "more": 1},
        [],
        None,
    ],
)
def test_a_faulty_account_is_refused_and_nothing_is_kept(
    app: FastAPI, client_of: Any, token_of: TokenOf, problem: Problem, body: object
) -> None:
    keeper = client_of(app, token_of(Role.ADMINISTRATOR))
    before = keeper.get("/v1/accounts").json()
    said = problem(keeper.post("/v1/accounts", json=body), 422, "parameters")
    assert all(fault["path"].startswith("body") for fault in said["faults"])
    assert keeper.get("/v1/accounts").json() == before


def test_a_name_is_taken_within_a_tenant_only(
    app: FastAPI, client_of: Any, token_of: TokenOf, problem: Problem
) -> None:
    new = {"name": "kari", "role": "caseworker"}
    keeper = client_of(app, token_of(Role.ADMINISTRATOR))
    assert keeper.post("/v1/accounts", json=new).status_code == 201
    problem(keeper.post("/v1/accounts", json=new), 409, "taken")
    other = client_of(app, token_of(Role.ADMINISTRATOR, tenant="nabo"))
    assert other.post("/v1/accounts", json=new).status_code == 201


@pytest.mark.parametrize("days", [0, 367, "mange"])
def test_tokens_last_a_year_at_most(
    app: FastAPI, client_of: Any, token_of: TokenOf, problem: Problem, days: object
) -> None:
    keeper = client_of(app, token_of(Role.ADMINISTRATOR))
    number = keeper.get("/v1/me").json()["account_id"]
    problem(keeper.post(f"/v1/accounts/{number}/tokens", json={"days": days}), 422, "parameters")


# --- tenants -------------------------------------------------------------------------------------------


def _caller(database: Database, tenant: str, role: Role) -> Caller:
    accounts = Accounts(database)
    found = accounts.who(accounts.add(tenant, f"a {role}", role)[1].secret)
    assert found is not None
    return found


def test_nobody_reaches_into_another_tenant(
    app: FastAPI, client_of: Any, token_of: TokenOf, database: Database, problem: Problem
) -> None:
    here = client_of(app, token_of(Role.ADMINISTRATOR, tenant="her"))
    there = _caller(database, "der", Role.CASEWORKER)
    assert [each["name"] for each in here.get("/v1/accounts").json()["accounts"]] == ["a administrator"]
    problem(here.delete(f"/v1/accounts/{there.account}"), 404, "missing")
    problem(here.post(f"/v1/accounts/{there.account}/tokens", json={}), 404, "missing")
    problem(here.delete(f"/v1/tokens/{there.token}"), 404, "missing")
    same = problem(here.delete(f"/v1/accounts/{NOBODY}"), 404, "missing")
    assert same["detail"] == "there is no such thing, or it is not yours to see"
    auditor = client_of(app, token_of(Role.AUDITOR, tenant="her"))
    seen = auditor.get("/v1/audit").json()["events"]
    assert there.account not in repr(seen)
    assert there.token not in repr(seen)


def test_the_library_refuses_the_same(database: Database) -> None:
    here, there = (_caller(database, name, Role.ADMINISTRATOR) for name in ("her", "der"))
    accounts = Accounts(database)
    for reach in (
        lambda: accounts.close(here, there.account),
        lambda: accounts.give(here, there.account),
        lambda: accounts.revoke(here, there.token),
    ):
        with pytest.raises(Missing):
            reach()
    with pytest.raises(Taken):
        accounts.open(here, "a administrator", Role.AUDITOR)


# --- the trail -----------------------------------------------------------------------------------------


def test_what_is_done_leaves_a_line_with_who_and_no_data(
    app: FastAPI, client_of: Any, token_of: TokenOf, client: Any, small_json: bytes
) -> None:
    sent = client.post(
        "/v1/datasets/validate", content=small_json, headers={"content-type": "application/json"}
    )
    auditor = client_of(app, token_of(Role.AUDITOR))
    events = auditor.get("/v1/audit").json()["events"]
    mine = client.get("/v1/me").json()["account_id"]
    last = [each for each in events if each["account_id"] == mine]
    assert [each["action"] for each in last] == ["dataset.validated"]
    assert last[0]["subject"] == sent.json()["dataset_hash"]
    assert [each["action"] for each in events][:3] == ["tenant.opened", "account.opened", "token.given"]


def test_the_trail_comes_in_pages(app: FastAPI, client_of: Any, token_of: TokenOf) -> None:
    auditor = client_of(app, token_of(Role.AUDITOR))
    for n in range(4):
        token_of(Role.PLANNER, name=f"planner {n}")
    whole = auditor.get("/v1/audit").json()
    assert whole["next"] is None
    numbers, after = [], 0
    while after is not None:
        page = auditor.get("/v1/audit", params={"after": after, "limit": 4}).json()
        assert len(page["events"]) <= 4
        numbers += [each["number"] for each in page["events"]]
        after = page["next"]
    assert numbers == [each["number"] for each in whole["events"]]


def _lines(database: Database, many: int) -> None:
    with database.writing() as session:
        for n in range(many):
            audit.add(session, now(), "test.line", str(n))


def test_a_trail_is_whole(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 2)
    with database.reading() as session:
        assert audit.verify(session) == audit.Chain(0, audit.BEGINNING)
    _lines(database, 4)
    with database.reading() as session:
        chain = audit.verify(session)
        assert (chain.lines, chain.wrong) == (4, None)
        assert audit.holds(session, chain.last)
        assert not audit.holds(session, audit.BEGINNING)


@pytest.mark.parametrize(
    "change", ["UPDATE events SET subject = 'x' WHERE number = 2", "DELETE FROM events WHERE number = 2"]
)
def test_the_database_lets_nobody_change_the_trail(database: Database, change: str) -> None:
    _lines(database, 3)
    with pytest.raises(DBAPIError, match="only added to"), database.writing() as session:
        session.execute(text(change))


def unguard(session: Session) -> None:
    """What somebody with the database's own password could do."""
    lite = session.get_bind().dialect.name == "sqlite"
    for drop in ("events_update", "events_delete") if lite else ("events_stay ON events",):
        session.execute(text(f"DROP TRIGGER {drop}"))


@pytest.mark.parametrize(
    ("change", "line", "why"),
    [
        ("UPDATE events SET subject = 'x' WHERE number = 2", 2, "it was changed"),
        (
            'UPDATE events SET account_id = NULL, details = \'{"a": "b"}\' WHERE number = 1',
            1,
            "it was changed",
        ),
        ("DELETE FROM events WHERE number = 2", 2, "the line is missing"),
        ("UPDATE events SET digest = before WHERE number = 2", 2, "it was changed"),
        ("UPDATE events SET before = digest WHERE number = 3", 3, "it does not follow the line before it"),
    ],
)
@pytest.mark.usefixtures("own_tables")
def test_a_change_past_the_database_s_guard_is_found(
    database: Database, change: str, line: int, why: str
) -> None:
    _lines(database, 4)
    with database.writing() as session:
        unguard(session)
        session.execute(text(change))
    with database.reading() as session:
        chain = audit.verify(session)
    assert (chain.wrong, chain.why, chain.lines) == (line, why, line - 1)


def test_a_line_stands_or_falls_with_what_it_tells_of(database: Database) -> None:
    def fails() -> None:
        with database.writing() as session:
            audit.add(session, now(), "test.line", "never")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with database.reading() as session:
        assert session.scalars(select(Event)).all() == []


def test_writers_at_once_make_one_chain(address: str, database: Database) -> None:
    """Each with connections of its own, as processes have them."""

    def write(name: int) -> None:
        own = Database(address)
        for n in range(10):
            with own.writing() as session:
                audit.add(session, now(), "test.line", f"{name} {n}")
        own.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with database.reading() as session:
        chain = audit.verify(session)
    assert (chain.lines, chain.wrong) == (40, None)


def test_services_that_start_at_once_make_one_set_of_tables_and_one_administrator(address: str) -> None:
    def start(_: int) -> bool:
        own = Database(address)
        own.migrate()
        given = Accounts(own).first()
        own.close()
        return given is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(start, range(4))) == 1


# --- the tables ----------------------------------------------------------------------------------------


def test_migrations_make_the_tables(database: Database) -> None:
    database.migrate()  # again does nothing
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


@pytest.mark.parametrize("url", ["nothing", "mysql://a/b", "sqlite://", "sqlite:////proc/none/service.db"])
def test_an_address_that_cannot_be_used_is_said_so(url: str) -> None:
    with pytest.raises(UsageError):
        Database(url).migrate()
