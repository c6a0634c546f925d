"""Commands for whoever works on the machine: accounts, and the check of the trail."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from tildeling_api.access.accounts import Accounts
from tildeling_api.access.roles import Role
from tildeling_api.store.database import Database

COMMAND = Path(sys.executable).with_name("tildeling")


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TILDELING")}
    environment = kept | {"TILDELING_HOME": str(home), "LANG": "C.UTF-8"}
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, env=environment, timeout=60)


def test_accounts_are_opened_and_listed(tmp_path: Path) -> None:
    opened = run(
        tmp_path, "accounts", "add", "kari", "--role", "caseworker", "--tenant", "nord", "--days", "2"
    )
    assert opened.returncode == 0
    token = re.search(r"tld_\S+", opened.stdout)
    assert token
    caller = Accounts(Database(f"sqlite:///{tmp_path / 'service.db'}")).who(token[0])
    assert caller is not None
    assert (caller.name, caller.role) == ("kari", Role.CASEWORKER)
    listed = run(tmp_path, "accounts", "list")
    assert listed.stdout == f"nord: kari, caseworker, {caller.account}\n"
    again = run(tmp_path, "accounts", "add", "kari", "--role", "planner", "--tenant", "nord")
    assert (again.returncode, again.stdout) == (2, "")
    assert "tenant nord has an account named kari" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("kari", "--role", "king"), "--role king: is not one of caseworker, planner"),
        (("<b>", "--role", "planner"), "names are 1 to 60"),
        (("kari", "--role", "planner", "--tenant", ""), "names are 1 to 60"),
        (("kari", "--role", "planner", "--days", "0"), "--days"),
    ],
)
def test_faulty_accounts_are_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = run(tmp_path, "accounts", "add", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert run(tmp_path, "accounts", "list").stdout == ""


def test_the_trail_is_checked(tmp_path: Path) -> None:
    assert run(tmp_path, "audit").stdout.startswith("0 lines are whole")
    run(tmp_path, "accounts", "add", "kari", "--role", "caseworker")
    whole = run(tmp_path, "audit")
    found = re.fullmatch(r"3 lines are whole; last hash ([0-9a-f]{64})\n", whole.stdout)
    assert found
    assert whole.returncode == 0
    assert run(tmp_path, "audit", "--last", found[1]).returncode == 0

    database = Database(f"sqlite:///{tmp_path / 'service.db'}")
    with database.writing() as session:
        session.execute(text("DROP TRIGGER events_delete"))
        session.execute(text("DELETE FROM events WHERE number = 3"))
    cut = run(tmp_path, "audit", "--last", found[1])
    assert cut.returncode == 1
    assert "cut off the end" in cut.stdout
    with database.writing() as session:
        session.execute(text("DELETE FROM events WHERE number = 1"))
    database.close()
    broken = run(tmp_path, "audit")
    assert (broken.returncode, broken.stdout) == (
        1,
        "line 1: the line is missing; 0 lines before it are whole\n",
    )


def test_a_database_that_cannot_be_had_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "service.db").write_text("this is no database, " * 100)
    done = run(tmp_path, "audit")
    assert done.returncode == 2
    assert "not a database" in done.stderr
    assert "Traceback" not in done.stderr
