"""Commands for whoever works on the machine: accounts, and the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tildeling.cli import BREACHES, OK, say
from tildeling.errors import UsageError
from tildeling_api.access.names import DAYS, MOST_DAYS, NAME

if TYPE_CHECKING:  # the extra `api` may not be installed: said when a command needs it
    from tildeling_api.store.database import Database

accounts = typer.Typer(help="Accounts of the service, on its database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(accounts, name="accounts")
    app.command()(audit)
    app.command()(backup)
    app.command()(restore)


@accounts.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Name of the account, within the tenant.")],
    role: Annotated[
        str, typer.Option("--role", help="caseworker, planner, researcher, auditor, administrator.")
    ],
    tenant: Annotated[
        str, typer.Option("--tenant", help="Whose it is; made if it is not there.")
    ] = "default",
    days: Annotated[
        int, typer.Option("--days", min=1, max=MOST_DAYS, help="How long its token lasts.")
    ] = DAYS,
) -> int:
    """Open an account and show its token, this once."""
    with database("accounts add") as opened:
        from tildeling_api.access.accounts import Accounts, Taken
        from tildeling_api.access.roles import Role

        if role not in set(Role):
            raise UsageError(f"--role {role}: is not one of {', '.join(Role)}")
        if not named(name) or not named(tenant):
            raise UsageError(
                "names are 1 to 60 letters, digits and _ . - and spaces, a letter or digit first"
            )
        try:
            account, given = Accounts(opened).add(tenant, name, Role(role), days)
        except Taken:
            raise UsageError(f"tenant {tenant} has an account named {name}") from None
        say(f"account {account.id}")
        say(f"token (shown once, until {given.expires_at:%Y-%m-%d}): {given.secret}")
    return OK


@accounts.command("list")
def show() -> int:
    """Every account of every tenant."""
    with database("accounts list") as opened:
        from tildeling_api.access.accounts import Accounts

        for tenant, account in Accounts(opened).all():
            closed = "" if account.closed_at is None else f", closed {account.closed_at:%Y-%m-%d}"
            say(f"{tenant}: {account.name}, {account.role}, {account.id}{closed}")
    return OK


def audit(
    last: Annotated[
        str | None,
        typer.Option("--last", help="A hash kept from an earlier check: the trail must still hold it."),
    ] = None,
) -> int:
    """Check the service's audit trail: exit code 1 if a line was changed, removed or slipped in."""
    with database("audit") as opened:
        from tildeling_api.access.audit import holds, verify

        with opened.reading() as session:
            chain = verify(session)
            held = last is None or holds(session, last)
        if chain.wrong is not None:
            say(f"line {chain.wrong}: {chain.why}; {chain.lines} lines before it are whole")
            return BREACHES
        if not held:
            say(f"no line has the hash {last}: lines were cut off the end, or all were made anew")
            return BREACHES
        say(f"{chain.lines} lines are whole; last hash {chain.last}")
    return OK


def backup(
    file: Annotated[Path, typer.Argument(help="A file to write, .jsonl.gz; it must not exist.")],
) -> int:
    """Copy the service's database, of one moment, while it runs on.  The copy holds health data: keep it as such."""
    with database("backup") as opened:
        from tildeling_api.copies import back_up

        say(f"{back_up(opened, file)} rows in {file}")
    return OK


def restore(file: Annotated[Path, typer.Argument(help="What `backup` wrote.")]) -> int:
    """Fill an empty database from a copy; SQLite or PostgreSQL, whichever it was made of."""
    with database("restore") as opened:
        from tildeling_api.copies import restore as fill

        say(f"{fill(opened, file)} rows from {file}")
    return OK


@contextmanager
def database(command: str) -> Iterator[Database]:
    """The service's database, up to date.

    Raises
    ------
    UsageError
        If the extra is not installed, or the database cannot be used.
    """
    try:
        from tildeling_api.store.database import Database, default_url
    except ModuleNotFoundError as error:
        raise UsageError(f"{command}: {error.name} is not installed; pip install 'tildeling[api]'") from error
    opened = Database(default_url())
    try:
        opened.migrate()
        yield opened
    finally:
        opened.close()


def named(name: str) -> bool:
    """Whether something may be the name of an account or a tenant."""
    return NAME.fullmatch(name) is not None
