"""The command ``serve``; found through the entry-point group ``tildeling.commands``."""

from __future__ import annotations

import ipaddress
import logging
import signal
import socket
from types import FrameType
from typing import Annotated

import typer

from tildeling.cli import OK, say
from tildeling.errors import UsageError

GRACE_S = 10
"""Seconds that answers under way have once the service is asked to end."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; loopback only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0: any that is free.")] = 8000,
) -> int:
    """Serve the interface on this machine, until Ctrl-C or SIGTERM.  There are no accounts yet."""
    address = loopback(host)
    try:
        import uvicorn

        from tildeling_api.app import create_app
        from tildeling_api.settings import LOOPBACK, Settings
    except ModuleNotFoundError as error:
        raise UsageError(f"serve: {error.name} is not installed; pip install 'tildeling[api]'") from error

    shown = f"[{address}]" if address.version == 6 else str(address)
    application = create_app(Settings(hosts=LOOPBACK | {shown}))

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
    with listening:
        say(f"http://{shown}:{listening.getsockname()[1]}/v1")
        # uvicorn raises the signal again once it has ended in order; then there is nothing left to do
        before = {number: signal.signal(number, _nothing) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            Server(config).run(sockets=[listening])
        finally:
            for number, old in before.items():
                signal.signal(number, old)
    return OK


def _nothing(_number: int, _frame: FrameType | None) -> None:
    pass


def loopback(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address of a host name, if it is this machine's own.

    Raises
    ------
    UsageError
        If it can be reached from elsewhere: without accounts, whoever reaches it could read health data.
    """
    name = host.strip("[]")
    try:
        address = ipaddress.ip_address("127.0.0.1" if name == "localhost" else name)
    except ValueError:
        raise UsageError(f"--host {host}: is not an address of this machine") from None
    if not address.is_loopback:
        raise UsageError(
            f"--host {host}: only loopback (127.0.0.1, ::1, localhost) for now; there are no accounts yet"
        )
    return address
