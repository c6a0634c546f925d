"""A PostgreSQL server of the tests' own: in a folder of its own, on a socket, ended when they end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

START_S = 30
END_S = 60
USER = "postgres"


def programs() -> Path | None:
    """Where the server's programs are; Debian keeps them off the path."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


class Server:
    """A server that can be stopped and started again.

    Parameters
    ----------
    home
        An empty folder, for its socket.
    data
        Where its data go; below ``home`` where it is not said.
    options
        Of the server, ``name=value``.
    """

    def __init__(self, home: Path, data: Path | None = None, options: tuple[str, ...] = ()) -> None:
        folder = programs()
        assert folder is not None
        self._folder, self._home, self.data, self._options = folder, home, data or home / "data", options
        self._process: subprocess.Popen[bytes] | None = None
        self._who: dict[str, Any] = {}
        if os.getuid() == 0:  # the server refuses to run as root
            entry = pwd.getpwnam(USER)
            for each in {home, self.data.parent}:
                os.chown(each, entry.pw_uid, entry.pw_gid)
            self._who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    @property
    def address(self) -> str:
        """Its address, ``{name}`` for the database: ``postgresql://postgres@/NAME?host=...``."""
        return f"postgresql://{USER}@/{{name}}?host={self._home}"

    def make(self, *options: str) -> None:
        """Make its data."""
        subprocess.run(
            [self._folder / "initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync", *options],
            check=True, capture_output=True, cwd=self._home, **self._who,
        )  # fmt: skip

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = [
            word for each in ("listen_addresses=", "fsync=off", *self._options) for word in ("-c", each)
        ]
        self._process = subprocess.Popen(
            [self._folder / "postgres", "-D", self.data, "-k", self._home, *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._home, **self._who,
        )  # fmt: skip
        _wait(self.address.format(name="postgres"))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it: SIGTERM when all have left, SIGINT at once (fast), SIGQUIT as if it crashed (immediate)."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(END_S)

    @property
    def runs(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process is not None and self._process.poll() is None


@contextmanager
def server() -> Iterator[str]:
    """The address of a server, without the database."""
    with restartable() as made:
        yield made.address


@contextmanager
def restartable(
    data: Path | None = None, make: tuple[str, ...] = (), options: tuple[str, ...] = ()
) -> Iterator[Server]:
    """A server that runs, with options for making its data and of its own."""
    home = Path(tempfile.mkdtemp(prefix="tld-pg-"))
    try:
        made = Server(home, data, options)
        made.make(*make)
        made.start()
        try:
            yield made
        finally:
            if made.runs:
                made.stop(signal.SIGINT)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait(address: str) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(address).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
