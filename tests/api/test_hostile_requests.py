"""Requests that mean harm: addresses, headers, bodies that never end; each is answered, and so is the next one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tildeling_api.access.roles import RIGHTS, Role
from tildeling_api.media import JSON
from tildeling_api.settings import Settings
from tildeling_api.store.database import Database
from tildeling_api.store.tables import JobFile

from .test_access import ASKED
from .test_copies import rows

Problem = Callable[..., dict[str, Any]]
TokenOf = Callable[..., str]

WORDS = (
    "%00", "a%00b", "%ff%fe", "%ed%a0%80", quote("a\u202eb"), quote("sm\u0430ll"), quote("' OR '1'='1"),
    quote("'; DROP TABLE jobs;--"), quote("../../../etc/passwd", safe=""), quote("{{7*7}}"), quote("%s%n"),
    quote("<script>"), "x" * 5_000, "-1", "0x0", quote("٠" * 32), quote("\r\nSet-Cookie: a=b"), "a" * 31 + "%0a",
)  # fmt: skip
"""What stands in for an id or a name, as it stands in an address."""


def bodies(document: str) -> dict[str, bytes]:
    """Bodies of JSON that are none, or none that a route asks for."""
    return {
        "empty": b"", "half": b"{", "deep": b"[" * 100_000, "deep objects": b'{"a":' * 100_000,
        "digits": b'{"days": ' + b"9" * 100_000 + b"}", "huge": b'{"days": 1e999999}', "nan": b'{"days": NaN}',
        "surrogate": b'{"name": "\\ud800", "role": "\\ud800", "dataset": "\\ud800", "\\ud800": 1}',
        "nul": b'{"name": "a\\u0000b", "role": "planner", "dataset": "a\\u0000b", "preset": "\\u0000"}',
        "bytes": bytes(range(256)), "utf-16": '{"days": 1}'.encode("utf-16"), "list": b"[]", "text": b'"x"',
        "many": b'{"x": [' + b"1," * 100_000 + b"1]}", "names": json.dumps({f"n{n}": 1 for n in range(5_000)}).encode(),
        "other": document.encode(),
    }  # fmt: skip


@pytest.fixture
def everyone(app_of: Any, client_of: Any, token_of: TokenOf) -> list[Any]:
    """Whoever has some right or other; together they have all, and nobody counts their requests."""
    app = app_of(Settings(per_minute=10**9, at_once=10**9))
    return [client_of(app, token_of(role)) for role in (Role.RESEARCHER, Role.ADMINISTRATOR, Role.AUDITOR)]


@pytest.fixture
def whoever_may(everyone: list[Any]) -> Callable[[str, str], Any]:
    """One who has the right that a route asks for."""

    def found(method: str, path: str) -> Any:
        roles = (Role.RESEARCHER, Role.ADMINISTRATOR, Role.AUDITOR)
        held = [ASKED[method, path] in RIGHTS[role] for role in roles]
        return everyone[held.index(True)]

    return found


def calm(answer: Any) -> None:
    """An answer that is no error of ours, and a problem where it is one."""
    assert answer.status_code < 500, (answer.request.url, answer.text[:300])
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.content) < 300_000
    assert "set-cookie" not in answer.headers


WhoeverMay = Callable[[str, str], Any]


def filled(path: str, words: str) -> str:
    return re.sub(r"\{\w+\}", words.replace("\\", "\\\\"), path)


def test_addresses(whoever_may: WhoeverMay, database: Database) -> None:
    before = rows(database)
    for method, path in ASKED:
        if "{" in path:
            who = whoever_may(method, path)
            for words in WORDS:
                calm(who.send(method, filled(path, words)))
    assert rows(database) == before


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/v1/datasets", ("dataset_id", "after", "limit")),
        ("/v1/jobs", ("kind", "state", "after", "limit")),
        ("/v1/audit", ("after", "limit")),
        ("/v1/datasets/{dataset}/content", ("format",)),
        ("/v1/datasets/template", ("kind", "lang")),
    ],
)
def test_options(whoever_may: WhoeverMay, path: str, names: tuple[str, ...]) -> None:
    who = whoever_may("GET", path)
    for name in names:
        for words in (*WORDS, "", "9" * 400, "1e400", "NaN", "9223372036854775808"):
            calm(who.get(f"{filled(path, '0' * 32)}?{name}={words}"))


def test_headers(client: Any, everyone: list[Any]) -> None:
    for value in (
        b"\xff\xfe",
        b"\x00",
        b"a" * 60_000,
        b"a;" * 5_000,
        "ø".encode(),
        b"' OR 1=1",
        b"\xed\xa0\x80",
    ):
        for name in (b"accept-language", b"idempotency-key", b"content-type", b"accept", b"x-forwarded-for"):
            calm(client.post("/v1/allocations", headers=[(name, value)], content=b"{}"))
        for who in everyone:
            answer = who.get("/v1/me", headers={"authorization": b"Bearer " + value.replace(b"\x00", b"0")})
            assert answer.status_code == 401


def test_bodies(whoever_may: WhoeverMay, database: Database) -> None:
    before = rows(database)
    hostile = bodies(json.dumps({"dataset": "0" * 32, "time_limit": [], "absent": [{"staff_id": "x" * 100}]}))
    for method, path in ASKED:
        if method == "POST" and not path.endswith("/cancel"):
            who = whoever_may(method, path)
            for body in hostile.values():
                answer = who.post(filled(path, "0" * 32), content=body, headers={"content-type": JSON})
                calm(answer)
                assert answer.status_code >= 400, (path, body[:60])
    assert rows(database) == before


def test_what_is_asked_may_hold_any_text_and_comes_back(
    everyone: list[Any], rota_json: bytes, database: Database
) -> None:
    """Where a text is free, whatever can be written is kept and read back, or refused; never half of either."""
    researcher = everyone[0]
    kept = researcher.post("/v1/datasets", content=rota_json, headers={"content-type": JSON}).json()["id"]
    first = researcher.post("/v1/rotas", json={"dataset": kept}).json()["id"]
    with database.writing() as session:
        session.add(JobFile(job_id=first, name="rota.csv", size=1, content=b""))
    for words in ("a\u202eb", "=1+1", "' OR 1=1", "\ud800", "a\0b", "<b>", "\U0001f600"):
        away = {"staff_id": words, "first_day": "2027-01-04", "last_day": "2027-01-04"}
        body = json.dumps({"rota": first, "absent": [away]}).encode()
        answer = researcher.post("/v1/repairs", content=body, headers={"content-type": JSON})
        calm(answer)
        listed = researcher.get("/v1/jobs", params={"limit": 1000})
        assert listed.status_code == 200
        if answer.status_code == 202:
            assert answer.json()["asked"]["absent"][0]["staff_id"] == words
            assert answer.json() in listed.json()["jobs"]
