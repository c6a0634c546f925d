"""What the description of the interface says of refusals: every problem that a route may answer."""

from __future__ import annotations

from typing import Any

from tildeling_api.access.gate import OPEN
from tildeling_api.problems import responses

EVERYONE = {
    400: "An address, or a body, that cannot be used",
    421: "Asked for under a name that is not the service's own",
    500: "A bug; the log of the service has it, the answer does not",
    503: "The database does not answer, or too much waits; `Retry-After`",
}
TOKEN = {
    401: "No token, or none that is good",
    403: "The role has not the right",
    429: "More requests than a token may send, or more jobs than a tenant may have; `Retry-After`",
}
NAMED = {404: "There is no such thing, or it is not the caller's to see"}
SENT = {
    408: "The body did not come in time",
    413: "The body is larger than is accepted",
    415: "A content type, or an encoding, that is not read",
}
FAULTS = {422: "Every fault of the request"}


def described(document: dict[str, Any]) -> None:
    """Say of every route what it may refuse, and of every route but health that it asks for a token."""
    components = document.setdefault("components", {})
    components.setdefault("securitySchemes", {})["token"] = {"type": "http", "scheme": "bearer"}
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            texts = dict(EVERYONE)
            if (method.upper(), path) not in OPEN:
                route["security"] = [{"token": []}]
                texts |= TOKEN
            if "{" in path:
                texts |= NAMED
            if "requestBody" in route:
                texts |= SENT
            if "requestBody" in route or route.get("parameters"):
                texts |= FAULTS
            for status, said in responses(texts).items():
                known = route["responses"].get(str(status))
                if known is None or "application/json" in known.get(
                    "content", {}
                ):  # the framework's own words
                    route["responses"][str(status)] = said
    for name in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(name, None)
