"""The commands of the service, ``serve`` first; found through the entry-point group ``tildeling.commands``."""

from __future__ import annotations

import ipaddress
import logging
import re
import signal
import socket
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from tildeling.cli import OK, say
from tildeling.errors import UsageError
from tildeling_api.access.commands import database
from tildeling_api.access.commands import register as register_access

if TYPE_CHECKING:
    from tildeling_api.store.database import Database

DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
"""A host name as requests give it."""

GRACE_S = 10
"""Seconds that answers under way have once the service is asked to end."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    register_access(app)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; loopback only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0: any that is free.")] = 8000,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", help="A name it answers to, as a proxy passes it on; may be repeated."),
    ] = None,
) -> int:
    """Serve the interface on this machine, until Ctrl-C or SIGTERM.

    The first time it shows the token of the first administrator; ``tildeling accounts add`` makes more.
    """
    address = loopback(host)
    for name in names or ():
        if not DOMAIN.fullmatch(name):
            raise UsageError(
                f"--name {name}: is not a host name (tildeling.example.no), without scheme and port"
            )
    with database("serve") as opened:
        return _serve(host, port, address, frozenset(names or ()), opened)


def _serve(
    host: str,
    port: int,
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    names: frozenset[str],
    opened: Database,
) -> int:
    import uvicorn

    from tildeling_api.access.accounts import Accounts
    from tildeling_api.app import create_app
    from tildeling_api.settings import LOOPBACK, Settings

    shown = f"[{address}]" if address.version == 6 else str(address)
    application = create_app(opened, Settings(hosts=LOOPBACK | names | {shown}))

    class Server(uvicorn.Server):
        """Ends what is being solved, with its best so far, before it waits for the answers."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            application.state.runs.cancel_all()
            super().handle_exit(sig, frame)

    level = logging.getLevelName(logging.getLogger().getEffectiveLevel()).lower()
    config = uvicorn.Config(
        application, log_config=None, log_level=level, access_log=False, server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )  # fmt: skip
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        listening = socket.create_server((str(address), port), family=family)
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
            server.run(sockets=[listening])
    finally:
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
