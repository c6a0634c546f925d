"""The commands of the service, ``serve`` first; found through the entry-point group ``tildeling.commands``."""

from __future__ import annotations

import ipaddress
import logging
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from tildeling.cli import NO_SOLUTION, OK, say, tell
from tildeling.errors import UsageError
from tildeling_api.access.commands import database
from tildeling_api.access.commands import register as register_access
from tildeling_api.retention.commands import register as register_retention

if TYPE_CHECKING:
    from tildeling_api.store.database import Database

DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
"""A host name as requests give it."""

KEEP_ALIVE_S = 75
"""Seconds a connection may be idle: more than proxies keep theirs, so that none is closed as a request comes."""

GRACE_S = 10
"""Seconds that answers under way have once the service is asked to end."""

GIVEN_UP = NO_SOLUTION
"""What a worker ends with that others had given up; whoever looks after it starts another."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    app.command()(worker)
    register_access(app)
    register_retention(app)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; loopback only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0: any that is free.")] = 8000,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", help="A name it answers to, as a proxy passes it on; may be repeated."),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=0, max=64, help="Worker processes to start beside it; 0: none.")
    ] = 1,
) -> int:
    """Serve the interface on this machine, with a worker beside it, until Ctrl-C or SIGTERM.

    The first time it shows the token of the first administrator; ``tildeling accounts add`` makes more.
    """
    address = loopback(host)
    for name in names or ():
        if not DOMAIN.fullmatch(name):
            raise UsageError(
                f"--name {name}: is not a host name (tildeling.example.no), without scheme and port"
            )
    with database("serve") as opened:
        return _serve(host, port, address, frozenset(names or ()), workers, opened)


def worker(
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="Jobs done at once.")] = 1,
    threads: Annotated[
        int | None,
        typer.Option("--threads", min=1, help="Threads of a job; default: its share of the cores."),
    ] = None,
    per_tenant: Annotated[
        int | None,
        typer.Option(
            "--per-tenant", min=1, help="Jobs of one tenant that all workers do at once; default 4."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", hidden=True)] = None,
    leave_at_end_of_input: Annotated[bool, typer.Option("--leave-at-end-of-input", hidden=True)] = False,
) -> int:
    """Do jobs of the service on its database, until Ctrl-C or SIGTERM; any number may, on any machines."""
    with database("worker") as opened:
        from tildeling_api.jobs.worker import PER_TENANT, GivenUp, Worker, step_back

        if name is not None and not re.fullmatch("[0-9a-f]{32}", name):
            raise UsageError(f"--name {name}: is not 32 hexadecimal digits")
        step_back()
        working = Worker(opened, name, jobs, threads, per_tenant or PER_TENANT)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: working.stop())
        if leave_at_end_of_input:
            threading.Thread(target=_at_end_of_input, args=(working.stop,), daemon=True).start()
        try:
            working.run()
        except GivenUp:
            tell("worker: was silent for too long and was given up; start another")
            return GIVEN_UP
    return OK


def _at_end_of_input(then: Callable[[], None]) -> None:
    sys.stdin.read()
    then()


def _serve(
    host: str,
    port: int,
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    names: frozenset[str],
    workers: int,
    opened: Database,
) -> int:
    import uvicorn

    from tildeling_api.access.accounts import Accounts
    from tildeling_api.app import create_app
    from tildeling_api.jobs.queue import Queue
    from tildeling_api.jobs.supervising import supervised
    from tildeling_api.settings import LOOPBACK, Settings

    shown = f"[{address}]" if address.version == 6 else str(address)
    queue = Queue(opened)
    queue.migrate()
    application = create_app(opened, queue.try_put, Settings(hosts=LOOPBACK | names | {shown}))

    class Server(uvicorn.Server):
        """Lets those go who follow jobs, before it waits for the answers."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            application.state.following.let_go()
            super().handle_exit(sig, frame)

    level = logging.getLevelName(logging.getLogger().getEffectiveLevel()).lower()
    config = uvicorn.Config(
        application, log_config=None, log_level=level, access_log=False, server_header=False,
        timeout_graceful_shutdown=GRACE_S, timeout_keep_alive=KEEP_ALIVE_S,
    )  # fmt: skip
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        listening = socket.create_server((str(address), port), family=family)
        listening.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )  # else each answer waits 40 ms for an ACK
    except OSError as error:
        raise UsageError(f"--host {host} --port {port}: {error.strerror or error}") from error
    server = Server(config)

    def end(_number: int, _frame: FrameType | None) -> None:
        """Before uvicorn listens to signals this ends it; it raises them again when it has ended in order."""
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with listening:
            say(f"http://{shown}:{listening.getsockname()[1]}/v1")
            first = Accounts(opened).first()
            if first is not None:
                until = f"{first.expires_at:%Y-%m-%d}"
                say(f"token of the first administrator (shown once, until {until}): {first.secret}")
            with supervised(opened, workers):
                server.run(sockets=[listening])
    finally:
        queue.close()
        for number, old in before.items():
            signal.signal(number, old)
    return OK


def loopback(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address of a host name, if it is this machine's own.

    Raises
    ------
    UsageError
        If it can be reached from elsewhere: without TLS in front, tokens and health data would pass in clear.
    """
    name = host.strip("[]")
    try:
        address = ipaddress.ip_address("127.0.0.1" if name == "localhost" else name)
    except ValueError:
        raise UsageError(f"--host {host}: is not an address of this machine") from None
    if not address.is_loopback:
        raise UsageError(
            f"--host {host}: only loopback (127.0.0.1, ::1, localhost); let a proxy with TLS stand in front"
        )
    return address
