"""A connection to the database, and its tables brought up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from tildeling.errors import UsageError

FILE = "service.db"
"""Name of the SQLite file in ``TILDELING_HOME``."""

BUSY_MS = 10_000
"""How long a writer waits for another."""

HELD_MS = 30_000
"""How long a writer may do nothing before PostgreSQL ends it: one that hangs would keep all others waiting.

SQLite has no such thing; a process that hangs with its lock is ended by whoever watches over it.
"""

WRITERS = 0x74696C64
"""Number of PostgreSQL's lock that writers of the audit trail take one after the other."""

MIGRATIONS = Path(__file__).parent / "migrations"


def default_url() -> str:
    """``TILDELING_DATABASE_URL``, else a file in ``TILDELING_HOME``, else in the user's own folder for state."""
    named = os.environ.get("TILDELING_DATABASE_URL")
    if named:
        return named
    home = os.environ.get("TILDELING_HOME")
    folder = Path(home) if home else Path.home() / ".local" / "state" / "tildeling"
    return f"sqlite:///{folder / FILE}"


class Database:
    """Sessions for reading and for writing.

    Raises
    ------
    UsageError
        If the address is none, or nothing answers there.
    """

    def __init__(self, url: str) -> None:
        try:
            address = make_url(url)
        except ArgumentError as error:
            raise UsageError("TILDELING_DATABASE_URL: is not an address of a database") from error
        if address.get_backend_name() not in ("sqlite", "postgresql"):
            raise UsageError(
                f"TILDELING_DATABASE_URL: {address.get_backend_name()} is neither sqlite nor postgresql"
            )
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        self.lite = address.get_backend_name() == "sqlite"
        if self.lite:
            _private(address.database)
        self.engine: Engine = create_engine(
            address,
            pool_pre_ping=not self.lite,
            hide_parameters=True,  # what is written stands in no log and in no error
        )
        if self.lite:
            event.listen(self.engine, "connect", _prepare)
            event.listen(self.engine, "begin", _begin)
        self._writer = self.engine.execution_options(writing=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that reads one moment from beginning to end, whatever is written meanwhile."""
        frozen = (
            self.engine if self.lite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )
        with Session(frozen) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session of the only writer; kept as a whole or not at all."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            self._alone(session.connection())
            yield session

    def migrate(self) -> None:
        """Bring the tables up to date; nothing where they are."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        try:
            with self._writer.begin() as connection:
                self._alone(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except SQLAlchemyError as error:
            raise UsageError(f"database {self.engine.url.render_as_string()}: {_cause(error)}") from error

    def _alone(self, connection: Connection) -> None:
        """Wait for other writers; in SQLite to begin was that."""
        if not self.lite:
            connection.exec_driver_sql(
                f"SET LOCAL lock_timeout = {BUSY_MS};"
                f" SET LOCAL idle_in_transaction_session_timeout = {HELD_MS};"
                f" SELECT pg_advisory_xact_lock({WRITERS})"
            )

    def close(self) -> None:
        """Give connections back."""
        self.engine.dispose()


def _private(path: str | None) -> None:
    """The file and its folder are the user's alone before anything is in them."""
    if not path or path == ":memory:":
        raise UsageError("TILDELING_DATABASE_URL: SQLite needs a file")
    try:
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private_file(path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error


def private_file(path: str | Path) -> None:
    """A file of SQLite, new or not, that is the user's alone.

    One that is there is not opened: to close it would take away the locks that this process holds on it, and whoever
    comes next would throw away its log (sqlite.org/howtocorrupt.html, 2.2).
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    os.chmod(path, 0o600)


def _prepare(connection: Any, _: object) -> None:
    """SQLite as a service needs it: our own beginnings, keys that hold, readers beside a writer, nothing lost."""
    connection.isolation_level = None
    for line in (
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = FULL",
        f"busy_timeout = {BUSY_MS}",
        "secure_delete = ON",  # what is purged becomes zeros, not a free page with all of it
    ):
        connection.execute(f"PRAGMA {line}").close()


def _begin(connection: Connection) -> None:
    """A writer is alone from its first line on: what it has read is still so when it writes."""
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _cause(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
