"""The database's file: what a process does beside it takes nothing away from it."""

from __future__ import annotations

from pathlib import Path

from tildeling_api.access.accounts import Accounts
from tildeling_api.access.roles import Role
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


def test_parameters_stand_in_no_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'service.db'}")
    assert database.engine.hide_parameters
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    database.close()
