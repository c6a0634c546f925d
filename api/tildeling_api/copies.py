"""Backups: every table in one file that either kind of database can be restored from.

Lines of JSON, packed: a head with the revision of the tables, a line a row, and an end with their number and a hash
over all before it, so that half a file is no backup.  The trail is checked before a copy is made and after it is
restored.
"""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import LargeBinary, insert, select, text
from sqlalchemy import Table as Columns
from sqlalchemy.orm import Session

from tildeling.errors import UsageError
from tildeling_api.access import audit
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Moment, Table

FORMAT = 1
BATCH = 500
"""Rows read at a time."""

Line = dict[str, Any]


def back_up(database: Database, path: Path) -> int:
    """Write a copy of one moment while the service runs on; the number of rows.  The file appears whole or not at all.

    Raises
    ------
    UsageError
        If the file exists or cannot be written, or the trail is broken.
    """
    if path.exists():
        raise UsageError(f"{path}: exists already")
    beside = path.with_name(f".{path.name}.part")
    digest, rows = hashlib.sha256(), -1
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        with database.snapshot() as session, gzip.open(beside, "wb") as file:
            _whole(session)
            for line in _lines(session):
                said = json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n"
                digest.update(said)
                file.write(said)
                rows += 1
            file.write(json.dumps({"rows": rows, "sha256": digest.hexdigest()}).encode() + b"\n")
        beside.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)
    return rows


def restore(database: Database, path: Path) -> int:
    """Fill a database that is empty, and up to date, from a copy; the number of rows.  All of it or nothing.

    Raises
    ------
    UsageError
        If the database holds anything, or the file is no whole copy of tables like these.
    """
    lines = _read(path)
    with database.writing() as session:
        revision = _revision(session)
        if lines[0].get("format") != FORMAT or lines[0].get("revision") != revision:
            said = f"format {lines[0].get('format')}, tables {lines[0].get('revision')}"
            raise UsageError(f"{path}: is of {said}; this version reads format {FORMAT}, tables {revision}")
        for table in Table.metadata.sorted_tables:
            if session.execute(select(table).limit(1)).first() is not None:
                raise UsageError(f"the database is not empty: {table.name} holds rows")
        tables = Table.metadata.tables
        for line in lines[1:]:
            table = tables[line["table"]]
            session.execute(
                insert(table), {name: _taken(table, name, value) for name, value in line["row"].items()}
            )
        if not database.lite:
            _count_on(session)
        session.flush()
        _whole(session)
    return len(lines) - 1


def _lines(session: Session) -> Iterator[Line]:
    yield {"format": FORMAT, "revision": _revision(session), "made_at": dt.datetime.now(dt.UTC).isoformat()}
    for table in Table.metadata.sorted_tables:
        ordered = select(table).order_by(*table.primary_key.columns)
        for row in session.execute(ordered.execution_options(yield_per=BATCH)).mappings():
            yield {"table": table.name, "row": {name: _given(value) for name, value in row.items()}}


def _given(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _taken(table: Columns, name: str, value: Any) -> Any:
    kind = table.columns[name].type
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return dt.datetime.fromisoformat(value) if isinstance(kind, Moment) else value


def _read(path: Path) -> list[Line]:
    try:
        with gzip.open(path, "rb") as file:
            said = file.read().splitlines(keepends=True)
        end = json.loads(said[-1])
        lines: list[Line] = [json.loads(line) for line in said[:-1]]
        whole = (
            end["rows"] == len(lines) - 1 and end["sha256"] == hashlib.sha256(b"".join(said[:-1])).hexdigest()
        )
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except (EOFError, zlib.error, ValueError, IndexError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: is no whole copy of the service's database") from error
    if not whole:
        raise UsageError(f"{path}: was changed, or a part of it is missing")
    return lines


def _revision(session: Session) -> str | None:
    return MigrationContext.configure(session.connection()).get_current_revision()


def _whole(session: Session) -> None:
    chain = audit.verify(session)
    if chain.wrong is not None:
        raise UsageError(f"audit trail, line {chain.wrong}: {chain.why}")


def _count_on(session: Session) -> None:
    """PostgreSQL's own counters go on after the rows that were put in with their numbers."""
    for table in Table.metadata.sorted_tables:
        if "number" in table.columns:
            session.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'number'), "
                    f"GREATEST((SELECT max(number) FROM {table.name}), 1))"
                )
            )
