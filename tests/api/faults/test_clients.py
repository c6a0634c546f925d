"""Clients that leave in the middle: of the events of a job, of a body."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
import uvicorn

from tildeling_api.app import create_app
from tildeling_api.client import Client
from tildeling_api.store.database import Database

from .service import END_S, LOOK_S, START_S, Service, ask_long, ended_once, whole

MANY = 45

LISTENS = "0A"
"""A state in ``/proc/net/tcp``."""

POOL = 40
"""Threads in which requests are answered; they stay for others."""


def connected(port: int, *lines: str) -> socket.socket:
    """A connection on which a request was begun."""
    made = socket.create_connection(("127.0.0.1", port), timeout=START_S)
    made.sendall("\r\n".join((*lines, f"host: 127.0.0.1:{port}", "", "")).encode())
    return made


def follow(port: int, token: str, job: str) -> socket.socket:
    """A connection on which the first event of a job has come."""
    made = connected(port, f"GET /v1/jobs/{job}/events HTTP/1.1", f"authorization: Bearer {token}")
    read = b""
    while b"data:" not in read:
        part = made.recv(4096)
        assert part, read
        read += part
    return made


def connections(pid: int, port: int) -> set[str]:
    """Connections of clients that a process holds."""
    lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    clients = {
        f"socket:[{line[9]}]" for line in lines if line[1].endswith(f":{port:04X}") and line[3] != LISTENS
    }
    held = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            held.add(os.readlink(each))
    return clients & held


def leave(connection: socket.socket, rudely: bool) -> None:
    """Go, with or without a word."""
    if rudely:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def send_half(port: int, token: str, document: bytes) -> socket.socket:
    """A connection on which half a data set was sent."""
    made = connected(
        port, "POST /v1/datasets HTTP/1.1", f"authorization: Bearer {token}", "content-type: application/json",
        f"content-length: {len(document)}",
    )  # fmt: skip
    made.sendall(document[: len(document) // 2])
    return made


@pytest.mark.slow
def test_the_service_goes_on_when_many_clients_leave(
    service: Service, token: str, documents: Path, small_json: bytes
) -> None:
    serving = service.serve()
    job = ask_long(service, token, documents, 8)
    service.running(job)

    def busy() -> int:
        return len(connections(serving.pid, service.port))

    threads = Path(f"/proc/{serving.pid}/task")
    before = len(list(threads.iterdir()))
    for rudely in (False, True):
        with ExitStack() as left:
            for number in range(MANY):
                made = (
                    send_half(service.port, token, small_json)
                    if number % 3
                    else follow(service.port, token, job)
                )
                left.callback(leave, made, rudely)
            service.until(lambda: busy() >= MANY, "all are connected", START_S)
        service.until(lambda: busy() == 0, "all connections are given back", END_S)
    assert len(list(threads.iterdir())) <= before + POOL
    begun = time.monotonic()
    assert httpx.get(f"{service.address}/v1/health", timeout=START_S).status_code == 200
    assert time.monotonic() - begun < 5
    with service.client(token) as client:
        assert [each.state for each in client.follow(job)][-1] == "done"
        assert len(list(client.kept())) == 1
    ended_once(service, [job])
    whole(service)


@contextmanager
def served(database: Database) -> Iterator[tuple[uvicorn.Server, int]]:
    """The application in this process, behind a real socket, with no worker."""
    app = create_app(database, lambda job: None)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield server, listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(END_S)


def test_nobody_who_left_is_followed_any_more(database: Database, caseworker: str, documents: Path) -> None:
    with served(database) as (server, port), Client(f"http://127.0.0.1:{port}", caseworker) as client:
        job = client.ask("allocation", dataset=client.keep(documents / "small.json").id).id
        following = server.config.app.state.following
        for number in range(10):
            leave(follow(port, caseworker, job), rudely=number % 2 == 0)
        with closing(follow(port, caseworker, job)):
            until = time.monotonic() + END_S
            while following._followed[job] > 1:
                assert time.monotonic() < until
                time.sleep(LOOK_S)
        until = time.monotonic() + END_S
        while following._followed or not following._looking.done():
            assert time.monotonic() < until
            time.sleep(LOOK_S)
        assert client.cancel(job).state == "cancelled"
