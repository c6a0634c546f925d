"""A small disk that can be filled."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Disk:
    """A file system of its own, in memory."""

    def __init__(self, place: Path) -> None:
        self.place, self._filler = place, place / "filler"

    def fill(self) -> None:
        """Leave no room at all."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while file.write(b"x" * size):
                        pass
                except OSError:
                    continue
        assert shutil.disk_usage(self.place).free == 0

    def free(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def disk(megabytes: int) -> Iterator[Disk]:
    """A disk of so many megabytes; skips the test where nothing may be mounted."""
    place = Path(tempfile.mkdtemp(prefix="tld-disk-"))
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", place],
            capture_output=True, text=True,
        )  # fmt: skip
        if mounted.returncode != 0:
            missing = pytest.fail if os.environ.get("CI_HAS_POSTGRESQL") else pytest.skip
            missing(f"needs to mount a disk: {mounted.stderr}")
        try:
            yield Disk(place)
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)
    finally:
        place.rmdir()
