"""The gate: nobody passes without a token but to ask for health; each route then asks for its right."""

from __future__ import annotations

from typing import cast

from anyio import to_thread
from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tildeling_api.access.accounts import Accounts, Caller
from tildeling_api.access.pace import Pace
from tildeling_api.access.roles import Right
from tildeling_api.problems import Forbidden, problem_response

OPEN = frozenset({("GET", "/v1/health"), ("HEAD", "/v1/health")})
"""What everyone may ask."""


class Gate:
    """Answers 401 to whoever has no token that is good; what is asked for, and whether it is there, stays unsaid.

    Whoever asks too often gets 429, with when to come again.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, pace: Pace) -> None:
        self.app, self.accounts, self.pace = app, accounts, pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and (scope["method"], scope["path"]) not in OPEN:
            scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
            caller = None
            if scheme.lower() == "bearer":
                caller = await to_thread.run_sync(self.accounts.who, token.strip())
            if caller is None:
                refusal = problem_response(
                    401, "unauthenticated", "a token is needed: Authorization: Bearer tld_...",
                    headers={"www-authenticate": "Bearer"},
                )  # fmt: skip
                await refusal(scope, receive, send)
                return
            wait = self.pace.wait(caller.token)
            if wait:
                refusal = problem_response(
                    429,
                    "too-many",
                    "this token sends more requests than it may",
                    headers={"retry-after": str(wait)},
                )
                await refusal(scope, receive, send)
                return
            scope.setdefault("state", {})["caller"] = caller
        await self.app(scope, receive, send)


def caller(request: Request) -> Caller:
    """Whom the request speaks for."""
    return cast(Caller, request.state.caller)


class May:
    """What a route asks for, as its dependency: 403 to whose role has no such right."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(self, request: Request) -> Caller:
        """The caller, who may."""
        found = caller(request)
        if not found.may(self.right):
            raise Forbidden(f"role {found.role} has no right to {self.right}")
        return found
