"""Requests over a real connection that mean harm: bodies that never end, what is no request; the next is answered."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tildeling_api.media import JSON
from tildeling_api.settings import Settings
from tildeling_api.store.database import Database

from .test_copies import rows


@pytest.fixture
def address(tmp_path: Path) -> str:
    """What comes over the wire is the same whatever the database."""
    return f"sqlite:///{tmp_path / 'service.db'}"


class Wire:
    """A server on loopback, and words sent to it as they are."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    @contextmanager
    def connected(self) -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            yield connection

    def head(self, *more: str, method: str = "POST", path: str = "/v1/datasets") -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"authorization: Bearer {self.token}",
            f"content-type: {JSON}", *more,
        ]  # fmt: skip
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def answers(self) -> bool:
        with self.connected() as connection:
            connection.sendall(b"GET /v1/health HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")
            return b" 200 " in read(connection)


def read(connection: socket.socket) -> bytes:
    """All that comes until the other side closes, or says no more."""
    found = b""
    while True:
        try:
            piece = connection.recv(65_536)
        except (TimeoutError, ConnectionResetError):
            return found
        if not piece:
            return found
        found += piece


@pytest.fixture
def wire(app_of: Any, caseworker: str) -> Iterator[Wire]:
    app = app_of(Settings(body_bytes=100_000, body_seconds=1.0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        while not server.started:
            time.sleep(0.01)
        yield Wire(listening.getsockname()[1], caseworker)
        server.should_exit = True
        running.join()


def said(answer: bytes) -> tuple[int, dict[str, Any]]:
    """Status and problem of a raw answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    content: dict[str, Any] = json.loads(body) if b"application/problem+json" in head else {}
    return int(head.split()[1]), content


def test_a_body_that_stops_in_the_middle(wire: Wire, database: Database) -> None:
    before, begun = rows(database), time.monotonic()
    with wire.connected() as connection:
        connection.sendall(wire.head("content-length: 1000") + b"[" * 500)
        status, problem = said(read(connection))
    assert (status, problem["type"]) == (408, "urn:tildeling:problem:too-slow")
    assert time.monotonic() - begun < 10
    assert wire.answers()
    assert rows(database) == before


def test_a_body_that_drips(wire: Wire) -> None:
    """Each piece is in time, and the whole is not."""
    begun = time.monotonic()
    with wire.connected() as connection:
        connection.sendall(wire.head("content-length: 100000"))
        try:
            while time.monotonic() - begun < 10:
                connection.sendall(b"[")
                time.sleep(0.1)
        except (BrokenPipeError, ConnectionResetError):
            pass
        status, _ = said(read(connection) or b"HTTP/1.1 408 ?")
    assert status == 408
    assert time.monotonic() - begun < 8
    assert wire.answers()


def test_pieces_without_a_length_that_never_end(wire: Wire, database: Database) -> None:
    before = rows(database)
    with wire.connected() as connection:
        connection.sendall(wire.head("transfer-encoding: chunked"))
        answer = b""
        try:
            for _ in range(2_000):
                connection.sendall(b"1000\r\n" + b"[" * 4_096 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = read(connection)
    if answer:  # the other side may have closed before it was read
        status, problem = said(answer)
        assert (status, problem["type"]) == (413, "urn:tildeling:problem:too-large")
    assert wire.answers()
    assert rows(database) == before


def test_whoever_leaves_in_the_middle_leaves_nothing(
    wire: Wire, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    before = rows(database)
    for _ in range(5):
        with wire.connected() as connection:
            connection.sendall(wire.head("content-length: 1000") + b"[" * 500)
    time.sleep(0.5)
    assert wire.answers()
    assert rows(database) == before
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize(
    "hostile",
    [
        b"GET / HTTP/1.1\r\n" + b"a" * 200_000,
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n" + b"".join(b"x%d: y\r\n" % n for n in range(20_000)) + b"\r\n",
        b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: -5\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: " + b"9" * 5_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\nZZZ\r\n",
        b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: a\nb: c\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
        b"\r\n" * 1_000,
    ],
    ids=["endless line", "long address", "many headers", "two lengths", "length below nothing", "length of digits",
         "no chunk", "packed chunks", "NUL", "no host", "TLS", "nothing"],
)  # fmt: skip
def test_what_is_no_request(wire: Wire, hostile: bytes) -> None:
    with wire.connected() as connection:
        connection.settimeout(3)
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(hostile)
        answer = read(connection)
    assert not answer or 400 <= int(answer.split()[1]) < 500, answer[:200]
    assert wire.answers()
