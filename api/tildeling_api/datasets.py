"""Data sets that are kept: each content once, by its hash, within a tenant."""

from __future__ import annotations

import datetime as dt
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from tildeling.files import Limits, read_any, write_dataset
from tildeling.files.kinds import kind_of
from tildeling_api.access import audit
from tildeling_api.access.accounts import Caller, Clock, Missing, new_id, now
from tildeling_api.access.roles import Right
from tildeling_api.problems import Forbidden
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Dataset

DOCUMENT = "dataset.json"
"""A kept data set as a file."""

RIGHTS = {"housing": Right.HOMES, "rota": Right.ROTAS}
"""What each kind of data set asks for."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A data set that was read, whole and without faults: what is said of it, and its document, packed."""

    kind: str
    name: str
    digest: str
    policy_digest: str
    ruleset: str
    counts: dict[str, int]
    notice: dict[str, str]
    packed: bytes


def read_sent(folder: Path, name: str, limits: Limits) -> Sent:
    """Read a body that lies in a folder, for the crew.

    Raises
    ------
    DataError
        With every fault.
    """
    return sent(read_any(folder / name, limits=limits))


def as_workbook(folder: Path) -> bytes:
    """The data set of a folder as a workbook, for the crew."""
    return _document(read_any(folder / DOCUMENT), ".xlsx")


def sent(data: Any) -> Sent:
    """A data set as it is kept."""
    kind = kind_of(data)
    counts = {name: len(getattr(data, name)) for name in kind.tables if name != "dataset"}
    rules = data.policy.version
    if kind.name == "rota":
        rules = f"{data.policy.rules_in_force.name} {data.policy.rules_in_force.version}"
    return Sent(
        kind=kind.name, name=data.info.dataset_id, digest=data.digest(), policy_digest=data.policy.digest(),
        ruleset=rules, counts=counts, notice={"nb": data.info.notice_nb, "en": data.info.notice_en},
        packed=zlib.compress(_document(data, ".json")),
    )  # fmt: skip


class Datasets:
    """What is kept of data sets; a purged one keeps its line, its hash and who had it, and no content."""

    def __init__(self, database: Database, clock: Clock = now) -> None:
        self._database, self._clock = database, clock

    def keep(self, by: Caller, sent: Sent) -> tuple[Dataset, bool]:
        """Keep a data set; (its line, whether it is new).  The same content again is the same line.

        Raises
        ------
        Forbidden
            If the caller's role has no right to data of the kind.
        """
        may(by, sent.kind)
        with self._database.writing() as session:
            return keep(session, self._clock(), by.tenant, by.account, sent)

    def page(self, by: Caller, after: int, limit: int, name: str | None = None) -> list[Dataset]:
        """Lines after a number, of the kinds that the caller may see, oldest first; without content."""
        kinds = [kind for kind, right in RIGHTS.items() if by.may(right)]
        own = select(Dataset).where(
            Dataset.tenant_id == by.tenant, Dataset.number > after, Dataset.kind.in_(kinds)
        )
        own = own if name is None else own.where(Dataset.name == name)
        light = own.options(defer(Dataset.content, raiseload=True)).order_by(Dataset.number).limit(limit)
        with self._database.reading() as session:
            return list(session.scalars(light).all())

    def line(self, by: Caller, dataset: str) -> Dataset:
        """One line.

        Raises
        ------
        Missing
            If the tenant has no such data set, or none that the caller may see.
        """
        with self._database.reading() as session:
            return _own(session, by, dataset)

    def content(self, by: Caller, dataset: str) -> tuple[Dataset, bytes]:
        """(line, content as a document); that it was read is written down first.

        Raises
        ------
        Missing
            As for :meth:`line`, and if it was purged.
        """
        with self._database.writing() as session:
            found = _own(session, by, dataset)
            if found.content is None:
                raise Missing
            self._tell(session, "dataset.read", by, found)
        return found, zlib.decompress(found.content)

    def purge(self, by: Caller, dataset: str) -> None:
        """Remove the content; again does nothing.

        Raises
        ------
        Missing
            As for :meth:`line`.
        """
        with self._database.writing() as session:
            found = _own(session, by, dataset)
            if found.content is not None:
                found.content, found.purged_at = None, self._clock()
                self._tell(session, "dataset.purged", by, found)

    def _tell(self, session: Session, action: str, by: Caller, found: Dataset) -> None:
        _tell(session, self._clock(), action, by.tenant, by.account, found)


def keep(session: Session, at: dt.datetime, tenant: str, account: str, sent: Sent) -> tuple[Dataset, bool]:
    """Keep a data set in a writer's session; (its line, whether it is new)."""
    found = session.scalars(
        select(Dataset).where(
            Dataset.tenant_id == tenant, Dataset.kind == sent.kind, Dataset.digest == sent.digest,
            Dataset.policy_digest == sent.policy_digest,
        )
    ).first()  # fmt: skip
    if found is not None and found.content is not None:
        return found, False
    if found is None:
        found = Dataset(
            id=new_id(), tenant_id=tenant, kind=sent.kind, name=sent.name, digest=sent.digest,
            policy_digest=sent.policy_digest, counts=sent.counts,
        )  # fmt: skip
        session.add(found)
    found.content, found.purged_at = sent.packed, None
    found.created_at, found.created_by = at, account
    session.flush()
    _tell(session, at, "dataset.kept", tenant, account, found)
    return found, True


def _tell(session: Session, at: dt.datetime, action: str, tenant: str, account: str, found: Dataset) -> None:
    details = {"dataset_hash": found.digest, "kind": found.kind}
    audit.add(session, at, action, found.id, details, tenant=tenant, account=account)


def may(by: Caller, kind: str) -> None:
    """Refuse a caller whose role has no right to a kind of data.

    Raises
    ------
    Forbidden
        With the role and the right.
    """
    if not by.may(RIGHTS[kind]):
        raise Forbidden(f"role {by.role} has no right to {RIGHTS[kind]}")


def _own(session: Session, by: Caller, dataset: str) -> Dataset:
    """A data set of the caller's tenant and kinds; any other is as if it were not there."""
    found = session.scalars(
        select(Dataset).where(Dataset.id == dataset, Dataset.tenant_id == by.tenant)
    ).first()
    if found is None or not by.may(RIGHTS[found.kind]):
        raise Missing
    return found


def _document(data: Any, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="tildeling-") as folder:
        path = Path(folder) / f"dataset{suffix}"
        write_dataset(data, path)
        return path.read_bytes()
