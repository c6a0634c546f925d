"""What every request passes through: host name, body size, no copies kept on the way."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tildeling_api.problems import TooLarge, problem_response
from tildeling_api.settings import Settings

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""On every answer: nothing is kept on the way, run, framed, or taken for something else."""


class Guard:
    """Refuses foreign host names and large bodies, declared or not; marks every answer with ``HEADERS``."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        headers = Headers(scope=scope)
        if _name(headers.get("host", "")) not in self.settings.hosts:
            await problem_response(421, "host", "this service answers to its own name only")(
                scope, receive, marked
            )
            return
        limit = self.settings.body_bytes
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            refusal = problem_response(413, "too-large", _said(limit), headers={"connection": "close"})
            await refusal(scope, receive, marked)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise TooLarge(_said(limit))
            return message

        await self.app(scope, counted, marked)


def _name(host: str) -> str:
    """A host header without its port."""
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def _said(limit: int) -> str:
    return f"the body is larger than {limit} bytes"
