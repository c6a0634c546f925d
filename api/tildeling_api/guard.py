"""What every request passes through: host name, size and time of the body, no copies kept on the way."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tildeling_api.problems import TooLarge, TooSlow, language, problem_of, problem_response
from tildeling_api.settings import Settings

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""On every answer: nothing is kept on the way, run, framed, or taken for something else."""

LARGE = re.compile(r"/v1/(datasets|datasets/validate|checks|datasets/[^/]+/sheet-checks)")
"""Addresses whose bodies the crew reads.  Other bodies are parsed where all answers are made, so they are small."""

LONGEST = 18
"""Digits of a length that is worth reading."""


class BrokenOff(Exception):
    """An answer that failed when a part of it was sent; why stands in the log, without what it was about."""


class Guard:
    """Refuses foreign host names, and bodies that are large, declared or not, packed or slow.

    Marks every answer with ``HEADERS``, and answers what nobody foresaw: let through, it would stand in the log of
    whoever serves, with its words, which may be somebody's data.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def marked(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        large = LARGE.fullmatch(scope["path"]) is not None
        limit = (
            self.settings.body_bytes if large else min(self.settings.body_bytes, self.settings.asked_bytes)
        )
        refusal = self._refusal(scope, limit)
        if refusal is not None:
            await refusal(scope, receive, marked)
            return
        try:
            await self.app(scope, _Body(receive, self.settings, limit).receive, marked)
        except ClientDisconnect:
            return  # nobody is left to be told
        except Exception as error:
            answer = problem_of(error, language(Request(scope))).response()
            if begun:
                raise BrokenOff from None
            await answer(scope, receive, marked)

    def _refusal(self, scope: Scope, limit: int) -> ASGIApp | None:
        """What is answered whatever is asked for."""
        headers = Headers(scope=scope)
        if "\0" in scope["path"] or b"\0" in unquote_to_bytes(scope["query_string"]):
            return problem_response(400, "http", "an address holds no NUL")  # no text of PostgreSQL does
        if _name(headers.get("host", "")) not in self.settings.hosts:
            return problem_response(421, "host", "this service answers to its own name only")
        declared = headers.get("content-length", "")
        if declared.isdecimal() and (len(declared) > LONGEST or int(declared) > limit):
            return problem_response(413, "too-large", _said(limit), headers={"connection": "close"})
        packed = headers.get("content-encoding", "identity").strip().lower()
        if packed not in ("", "identity"):
            return problem_response(
                415, "http", "a body is read as it is sent: no content-encoding",
                headers={"accept-encoding": "identity"},
            )  # fmt: skip
        return None


class _Body:
    """A body as it comes: counted, and waited for no longer than it may take."""

    def __init__(self, receive: Receive, settings: Settings, limit: int) -> None:
        self._receive, self._settings, self._limit = receive, settings, limit
        self._size, self._whole = 0, False
        self._until: float | None = None

    async def receive(self) -> Message:
        """The next piece; what follows a whole body is only that the caller left."""
        if self._whole:
            return await self._receive()
        loop = asyncio.get_running_loop()
        if self._until is None:
            self._until = loop.time() + self._settings.body_seconds
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            raise TooSlow(f"the body did not come within {self._settings.body_seconds:g} s") from error
        self._size += len(message.get("body", b""))
        if self._size > self._limit:
            raise TooLarge(_said(self._limit))
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message


def _name(host: str) -> str:
    """A host header without its port."""
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def _said(limit: int) -> str:
    return f"the body is larger than {limit} bytes"
