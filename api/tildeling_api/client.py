"""A typed client of the service: what it answers as the models it answers with, and its problems as exceptions.

with Client("https://tildeling.example.no", token) as client:
    kept = client.keep(Path("data.xlsx"))
    proposal = client.allocate(Path("data.xlsx"), time_limit=20)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx
from pydantic import BaseModel

from tildeling_api.access.names import DAYS
from tildeling_api.access.roles import Role
from tildeling_api.media import SUFFIXES
from tildeling_api.schemas import (
    AccountList,
    AccountPart,
    Allocation,
    CallerPart,
    DatasetPart,
    Engines,
    EventList,
    EventPart,
    Health,
    KeptList,
    KeptPart,
    NewAccount,
    NewToken,
    Problem,
    TokenPart,
)

MEDIA = {suffix: kind for kind, suffix in SUFFIXES.items()}
"""Content type of a file by its ending."""

WAIT_S = 30.0
"""Seconds to wait for an answer, beside those that solving is given."""

M = TypeVar("M", bound=BaseModel)


class Refused(Exception):
    """The service answered with a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        faults = "".join(f"\n{fault.message}" for fault in problem.faults or ())
        super().__init__(f"{problem.status} {problem.type.rpartition(':')[2]}: {problem.detail}{faults}")


class Client:
    """One token's view of a service.

    Parameters
    ----------
    address
        Where it is, without ``/v1``.
    token
        Speaks for an account; none is needed to ask for health.
    http
        A client of httpx to send with, instead of one of its own.

    Raises
    ------
    Refused
        By every method, if the service answers with a problem.
    httpx.HTTPError
        By every method, if no answer comes.
    """

    def __init__(self, address: str = "", token: str = "", *, http: httpx.Client | None = None) -> None:
        self._http = http or httpx.Client(base_url=address, timeout=WAIT_S)
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    def health(self) -> Health:
        """Whether it answers, and its version."""
        return self._ask(Health, "GET", "/v1/health")

    def me(self) -> CallerPart:
        """Whom the token speaks for."""
        return self._ask(CallerPart, "GET", "/v1/me")

    def engines(self) -> Engines:
        """Engines by name."""
        return self._ask(Engines, "GET", "/v1/engines")

    def validate(self, file: Path) -> DatasetPart:
        """Check a data set of homes; nothing is kept."""
        return self._ask(DatasetPart, "POST", "/v1/datasets/validate", **_sent(file))

    def allocate(
        self, file: Path, time_limit: float = 5.0, engine: str = "auto", seed: int = 0, gap: float = 0.0
    ) -> Allocation:
        """A checked proposal for a data set of homes; nothing is kept."""
        params = {"time_limit": time_limit, "engine": engine, "seed": seed, "gap": gap}
        return self._ask(
            Allocation, "POST", "/v1/allocations", params=params, timeout=time_limit + WAIT_S, **_sent(file)
        )

    def keep(self, file: Path) -> KeptPart:
        """Keep a data set; the same content again is the same one."""
        return self._ask(KeptPart, "POST", "/v1/datasets", **_sent(file))

    def kept(self, dataset_id: str | None = None) -> Iterator[KeptPart]:
        """Data sets that are kept, oldest first, page by page; of one name if it is given."""
        named = {} if dataset_id is None else {"dataset_id": dataset_id}
        after: int | None = 0
        while after is not None:
            page = self._ask(KeptList, "GET", "/v1/datasets", params={"after": after} | named)
            yield from page.datasets
            after = page.next

    def dataset(self, dataset: str) -> KeptPart:
        """One data set, without its content."""
        return self._ask(KeptPart, "GET", f"/v1/datasets/{dataset}")

    def content(self, dataset: str, form: Literal["json", "xlsx"] = "json") -> bytes:
        """A data set itself."""
        return self._send("GET", f"/v1/datasets/{dataset}/content", params={"format": form}).content

    def purge(self, dataset: str) -> None:
        """Remove the content of a data set for good."""
        self._send("DELETE", f"/v1/datasets/{dataset}")

    def accounts(self) -> tuple[AccountPart, ...]:
        """Accounts of the tenant."""
        return self._ask(AccountList, "GET", "/v1/accounts").accounts

    def open_account(self, name: str, role: Role) -> AccountPart:
        """A new account."""
        new = NewAccount(name=name, role=role)
        return self._ask(AccountPart, "POST", "/v1/accounts", json=new.model_dump(mode="json"))

    def close_account(self, account_id: str) -> None:
        """Close an account, and end its tokens."""
        self._send("DELETE", f"/v1/accounts/{account_id}")

    def give_token(self, account_id: str, days: int = DAYS) -> TokenPart:
        """A new token of an account, seen this once."""
        new = NewToken(days=days)
        return self._ask(
            TokenPart, "POST", f"/v1/accounts/{account_id}/tokens", json=new.model_dump(mode="json")
        )

    def revoke_token(self, token_id: str) -> None:
        """End a token."""
        self._send("DELETE", f"/v1/tokens/{token_id}")

    def trail(self, after: int = 0) -> Iterator[EventPart]:
        """The audit trail of the tenant after a line, oldest first, page by page."""
        going: int | None = after
        while going is not None:
            page = self._ask(EventList, "GET", "/v1/audit", params={"after": going})
            yield from page.events
            going = page.next

    def _ask(self, model: type[M], method: str, path: str, **options: Any) -> M:
        return model.model_validate_json(self._send(method, path, **options).content)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = self._headers | options.pop("headers", {})
        answer = self._http.request(method, path, headers=headers, **options)
        if answer.headers.get("content-type") == "application/problem+json":
            raise Refused(Problem.model_validate_json(answer.content))
        answer.raise_for_status()
        return answer


def _sent(file: Path) -> dict[str, Any]:
    """A file as a body.

    Raises
    ------
    ValueError
        If its ending is neither ``.json`` nor ``.xlsx``.
    """
    kind = MEDIA.get(file.suffix.lower())
    if kind is None:
        raise ValueError(f"{file}: is neither {' nor '.join(MEDIA)}")
    return {"content": file.read_bytes(), "headers": {"content-type": kind}}
