"""The database's file: what a process does beside it takes nothing away from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import InternalError, OperationalError

from tildeling_api.access.accounts import Accounts
from tildeling_api.access.roles import Role
from tildeling_api.store import database as store
from tildeling_api.store.database import Database

from .test_access_commands import run


def test_a_second_connection_leaves_the_locks_of_the_first(tmp_path: Path) -> None:
    """SQLite's locks are the process's: to close the file once more would end them all.

    A command of another process would then believe that it is alone and throw the log away, with all that was written
    since.
    """
    one, two = (Database(f"sqlite:///{tmp_path / 'service.db'}") for _ in range(2))
    one.migrate()
    Accounts(one).add("nord", "kari", Role.CASEWORKER)
    Accounts(two).add("nord", "ola", Role.PLANNER)
    third = Database(f"sqlite:///{tmp_path / 'service.db'}")
    assert len(run(tmp_path, "accounts", "list").stdout.splitlines()) == 2
    assert (tmp_path / "service.db-wal").exists()
    Accounts(one).add("nord", "eva", Role.AUDITOR)
    assert len(run(tmp_path, "accounts", "list").stdout.splitlines()) == 3
    for each in (one, two, third):
        each.close()


def test_a_writer_waits_for_another_and_not_for_ever(
    address: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_MS", 200)
    other = Database(address)
    with database.writing(), pytest.raises(OperationalError), other.writing():
        pass
    with other.writing():
        pass
    other.close()


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_writer_that_hangs_is_ended_by_postgresql(
    address: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = Database(address)
    monkeypatch.setattr(store, "HELD_MS", 100)

    def write() -> None:
        with hanging.writing() as session:
            with database.writing() as other:  # waits until the first is ended
                other.execute(select(1))
            session.execute(select(1))

    with pytest.raises(InternalError):
        write()
    hanging.close()


def test_parameters_stand_in_no_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'service.db'}")
    assert database.engine.hide_parameters
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    database.close()
