"""Writing whole or not at all: beside the target, then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tildeling.errors import UsageError


def refuse_existing(path: Path, *, force: bool) -> None:
    """Ask for force before anything that exists is replaced.

    Raises
    ------
    UsageError
        If the target exists (for a folder: and is not empty) and ``force`` is off, or if a folder is in the
        place of a file or the other way round.
    """
    is_file = bool(path.suffix.lower() in (".xlsx", ".json"))
    if path.is_dir() and is_file:
        raise UsageError(f"{path} is a folder")
    if path.exists() and not path.is_dir() and not is_file:
        raise UsageError(f"{path} is a file; name a folder, or a file ending in .xlsx or .json")
    occupied = any(path.iterdir()) if path.is_dir() else path.exists()
    if occupied and not force:
        raise UsageError(f"{path} exists; use --force to replace it")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place to write beside the target, which takes its name only when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        draft = folder / path.name
        yield draft
        os.replace(draft, path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def whole_folder(path: Path, ours: Callable[[Path], bool]) -> Iterator[Path]:
    """A folder to write beside the target.

    A target that exists keeps what is not ours (a README, scripts); our files in it are replaced one by
    one, each whole, and those not written again are removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield draft
        draft.chmod(0o777 & ~_umask())
        if not path.exists():
            os.replace(draft, path)
            return
        written = {file.name for file in draft.iterdir()}
        for file in sorted(draft.iterdir()):
            os.replace(file, path / file.name)
        for file in list(path.iterdir()):
            if file.is_file() and file.name not in written and ours(file):
                file.unlink()
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
