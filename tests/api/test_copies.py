"""Backups: whole or none, and restored into either kind of database."""

from __future__ import annotations

import gzip
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from tildeling.errors import UsageError
from tildeling_api.access import audit
from tildeling_api.access.accounts import Accounts
from tildeling_api.access.roles import Role
from tildeling_api.app import create_app
from tildeling_api.copies import back_up, restore
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Table

from .conftest import unqueued
from .test_access_commands import run

JSON = {"content-type": "application/json"}


def rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.reading() as session:
        return {
            table.name: [
                tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in Table.metadata.sorted_tables
        }


@pytest.fixture
def filled(database: Database, client: Any, small_json: bytes) -> Database:
    assert client.post("/v1/datasets", content=small_json, headers=JSON).status_code == 201
    return database


def empty(folder: Path) -> Database:
    made = Database(f"sqlite:///{folder / 'other' / 'service.db'}")
    made.migrate()
    return made


def test_a_copy_restores_all_of_it_and_life_goes_on(
    filled: Database, tmp_path: Path, caseworker: str, client_of: Any, document: dict[str, Any]
) -> None:
    made = back_up(filled, tmp_path / "copy.jsonl.gz")
    assert stat.S_IMODE((tmp_path / "copy.jsonl.gz").stat().st_mode) == 0o600
    other = empty(tmp_path)
    assert restore(other, tmp_path / "copy.jsonl.gz") == made
    assert rows(other) == rows(filled)
    client = client_of(create_app(other, unqueued), caseworker)
    assert len(client.get("/v1/datasets").json()["datasets"]) == 1
    document["applicants"][0]["age"] += 1
    assert client.post("/v1/datasets", json=document).status_code == 201
    with other.reading() as session:
        assert audit.verify(session).wrong is None
    other.close()


def test_a_copy_of_sqlite_fills_either_kind(database: Database, tmp_path: Path) -> None:
    source = empty(tmp_path)
    Accounts(source).add("nord", "kari", Role.CASEWORKER)
    back_up(source, tmp_path / "copy.jsonl.gz")
    restore(database, tmp_path / "copy.jsonl.gz")
    assert rows(database) == rows(source)
    Accounts(database).add("nord", "ola", Role.PLANNER)
    with database.reading() as session:
        assert audit.verify(session) == audit.Chain(5, audit.verify(session).last)
    source.close()


def test_a_copy_is_of_one_moment(filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written while a copy is made is in all of it or in none."""
    before = rows(filled)
    plain = audit.verify

    def while_others_write(session: Any) -> audit.Chain:
        found = plain(session)
        Accounts(filled).add("nord", "kari", Role.CASEWORKER)
        return found

    monkeypatch.setattr(audit, "verify", while_others_write)
    back_up(filled, tmp_path / "copy.jsonl.gz")
    monkeypatch.undo()
    other = empty(tmp_path)
    restore(other, tmp_path / "copy.jsonl.gz")
    assert rows(other) == before
    assert rows(filled) != before
    other.close()


def test_a_database_that_holds_anything_is_not_filled(filled: Database, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "copy.jsonl.gz")
    before = rows(filled)
    with pytest.raises(UsageError, match="not empty"):
        restore(filled, tmp_path / "copy.jsonl.gz")
    assert rows(filled) == before


def spoiled(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> Path:
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    other = path.with_name("spoiled.jsonl.gz")
    other.write_bytes(gzip.compress(b"".join(change(lines))))
    return other


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[:-1], "no whole copy"),
        (lambda lines: [*lines[:2], *lines[3:]], "was changed"),
        (lambda lines: [line.replace(b"caseworker", b"auditor") for line in lines], "was changed"),
        (lambda _: [], "no whole copy"),
        (lambda _: [b"[]\n"], "no whole copy"),
    ],
)
def test_half_a_copy_is_none(
    filled: Database, tmp_path: Path, change: Callable[[list[bytes]], list[bytes]], said: str
) -> None:
    back_up(filled, tmp_path / "copy.jsonl.gz")
    other = empty(tmp_path)
    with pytest.raises(UsageError, match=said):
        restore(other, spoiled(tmp_path / "copy.jsonl.gz", change))
    whole = (tmp_path / "copy.jsonl.gz").read_bytes()
    (tmp_path / "half.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UsageError, match="no whole copy"):
        restore(other, tmp_path / "half.jsonl.gz")
    with pytest.raises(UsageError, match="No such file"):
        restore(other, tmp_path / "none.jsonl.gz")
    assert not any(rows(other).values())
    other.close()


@pytest.mark.usefixtures("own_tables")
def test_a_broken_trail_is_not_copied(filled: Database, tmp_path: Path) -> None:
    with filled.writing() as session:
        for drop in ("events_update",) if filled.lite else ("events_stay ON events",):
            session.execute(text(f"DROP TRIGGER {drop}"))
        session.execute(text("UPDATE events SET subject = 'x' WHERE number = 1"))
    with pytest.raises(UsageError, match="line 1: it was changed"):
        back_up(filled, tmp_path / "copy.jsonl.gz")
    assert not list(tmp_path.glob("*copy*"))
    assert not list(tmp_path.glob(".*"))


def test_the_commands(tmp_path: Path) -> None:
    run(tmp_path / "one", "accounts", "add", "kari", "--role", "caseworker")
    copy = tmp_path / "copy.jsonl.gz"
    made = run(tmp_path / "one", "backup", str(copy))
    assert (made.returncode, made.stdout) == (0, f"6 rows in {copy}\n")
    assert run(tmp_path / "one", "backup", str(copy)).returncode == 2
    assert run(tmp_path / "two", "restore", str(copy)).stdout == f"6 rows from {copy}\n"
    one, two = (run(tmp_path / name, "accounts", "list").stdout for name in ("one", "two"))
    assert one == two
    head = json.loads(gzip.decompress(copy.read_bytes()).splitlines()[0])
    assert head["format"] == 1
