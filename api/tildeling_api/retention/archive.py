"""The archive of what is about to be purged: a ZIP with a manifest, whole or not at all, and read back.

``manifest.json`` names every data set and job with what stays in its line, and every file with its size and SHA-256;
``datasets/ID/dataset.json`` is a data set as the readers take it, ``jobs/ID/`` holds ``asked.json``, ``cause.json`` of
one that failed, and ``files/`` with what it made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from tildeling.errors import UsageError
from tildeling_api.retention.due import Due
from tildeling_api.store.tables import Dataset, Job, JobFile, Tenant

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20

Contents = Iterator[tuple[str, bytes]]


def write(session: Session, found: Sequence[Due], path: Path, at: dt.datetime) -> str:
    """Write an archive of these, mode 0600; its SHA-256, once all of it was read back from the disk.

    Raises
    ------
    UsageError
        If the file exists or cannot be written, or does not hold what was put into it.
    """
    if path.exists():
        raise UsageError(f"{path}: exists already")
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        beside = Path(name)
        try:
            with os.fdopen(number, "w+b") as file:
                manifest = _fill(file, session, found, at)
                file.flush()
                os.fsync(file.fileno())
            if read(beside) != manifest:
                raise UsageError(f"{path}: does not hold what was put into it")
            digest = digest_of(beside)
            beside.replace(path)
            _keep(path.parent)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    return digest


def read(path: Path) -> dict[str, Any]:
    """The manifest of an archive whose every file is as the manifest says.

    Raises
    ------
    UsageError
        If it is no whole archive, or was changed.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            manifest: dict[str, Any] = json.loads(packed.read(MANIFEST))
            listed = {part["name"]: part for each in manifest["entries"] for part in each["files"]}
            if sorted(packed.namelist()) != sorted([*listed, MANIFEST]):
                raise UsageError(f"{path}: files are missing, or are not in the manifest")
            for name, part in listed.items():
                content = packed.read(name)
                if part != _part(name, content):
                    raise UsageError(f"{path}: {name} was changed")
    except (OSError, zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, EOFError) as error:
        raise UsageError(f"{path}: is no whole archive") from error
    return manifest


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fill(file: IO[bytes], session: Session, found: Sequence[Due], at: dt.datetime) -> dict[str, Any]:
    entries = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for each in found:
            line, contents = _dataset(session, each) if each.what == "dataset" else _job(session, each)
            files = []
            for name, content in contents:
                packed.writestr(_info(name), content, zipfile.ZIP_DEFLATED)
                files.append(_part(name, content))
            common = {"what": each.what, "id": each.id, "tenant": each.tenant, "class": each.of}
            entries.append(common | line | {"files": files})
            session.expunge_all()
        tenants = {each.tenant for each in found}
        names = session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(tenants))).all()
        manifest = {
            "format": FORMAT, "made_at": at.isoformat(), "tenants": {row.id: row.name for row in names},
            "entries": entries,
        }  # fmt: skip
        said = json.dumps(manifest, ensure_ascii=False, indent=1)
        packed.writestr(_info(MANIFEST), said, zipfile.ZIP_DEFLATED)
    return manifest


def _dataset(session: Session, each: Due) -> tuple[dict[str, Any], Contents]:
    row = session.scalars(select(Dataset).where(Dataset.id == each.id)).one()
    line = {
        "kind": row.kind, "dataset_id": row.name, "dataset_hash": row.digest, "policy_hash": row.policy_digest,
        "counts": dict(row.counts), "kept_at": row.created_at.isoformat(), "kept_by": row.created_by,
    }  # fmt: skip
    content = zlib.decompress(row.content or b"")
    return line, iter([(f"datasets/{row.id}/dataset.json", content)])


def _job(session: Session, each: Due) -> tuple[dict[str, Any], Contents]:
    row = session.scalars(select(Job).where(Job.id == each.id)).one()
    times = ("created_at", "started_at", "ended_at")
    line = {
        "kind": row.kind, "dataset": row.dataset_id, "state": row.state, "outcome": row.outcome,
        "attempt": row.attempt, "asked_by": row.account_id,
        "idempotency_key": row.idempotency_key,
    } | {name: _moment(getattr(row, name)) for name in times}  # fmt: skip
    return line, _files(session, row.id, {"asked": row.asked, "cause": row.cause})


def _files(session: Session, job: str, said: Mapping[str, Any]) -> Contents:
    """One after the other, so that only one of them is in memory."""
    for name, content in said.items():
        if content is not None:
            yield f"jobs/{job}/{name}.json", json.dumps(content, ensure_ascii=False, indent=1).encode()
    light = select(JobFile).where(JobFile.job_id == job).options(defer(JobFile.content))
    for row in session.scalars(light.order_by(JobFile.name)).all():
        yield f"jobs/{job}/files/{row.name}", zlib.decompress(row.content)
        session.expunge(row)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o600 << 16
    return info


def _part(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _moment(at: dt.datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _keep(folder: Path) -> None:
    """The name of a file is on the disk only when its folder is."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
