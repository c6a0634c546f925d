"""A typed client of the service: what it answers as the models it answers with, and its problems as exceptions.

with Client("https://tildeling.example.no", token) as client:
    kept = client.keep(Path("data.xlsx"))
    proposal = client.allocate(kept.id, time_limit=20)
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx
from pydantic import BaseModel

from tildeling_api.access.names import DAYS
from tildeling_api.access.roles import Role
from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.states import ENDED, State
from tildeling_api.media import SUFFIXES
from tildeling_api.question_client import Questions
from tildeling_api.schemas import (
    AccountList,
    AccountPart,
    Allocation,
    CallerPart,
    DatasetPart,
    Engines,
    EventList,
    EventPart,
    FileList,
    FilePart,
    Health,
    JobList,
    JobPart,
    KeptList,
    KeptPart,
    NewAccount,
    NewToken,
    PresetList,
    PresetPart,
    Problem,
    RotaPlan,
    RuleSetList,
    RuleSetPart,
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


class Failed(Exception):
    """A job failed; ``job.cause`` says why."""

    def __init__(self, job: JobPart) -> None:
        self.job = job
        cause = job.cause
        super().__init__(f"job {job.id}: {'' if cause is None else cause.detail}")


class Client(Questions):
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

    def metrics(self) -> str:
        """Numbers of the whole service, as Prometheus reads them."""
        return self._send("GET", "/v1/metrics").text

    def validate(self, file: Path) -> DatasetPart:
        """Check a data set of homes; nothing is kept."""
        return self._ask(DatasetPart, "POST", "/v1/datasets/validate", **_sent(file))

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

    def ask(self, kind: str, key: str | None = None, **asked: Any) -> JobPart:
        """A job, by the name of its kind (``allocation``, ``rota``, ...); the same ``key`` again is the same job."""
        headers = {} if key is None else {"idempotency-key": key}
        return self._ask(JobPart, "POST", f"/v1{KINDS[kind].path}", json=asked, headers=headers)

    def jobs(self, kind: str | None = None, state: State | None = None) -> Iterator[JobPart]:
        """Jobs, oldest first, page by page."""
        named = {name: value for name, value in (("kind", kind), ("state", state)) if value is not None}
        after: int | None = 0
        while after is not None:
            page = self._ask(JobList, "GET", "/v1/jobs", params={"after": after} | named)
            yield from page.jobs
            after = page.next

    def job(self, job: str) -> JobPart:
        """How far a job is."""
        return self._ask(JobPart, "GET", f"/v1/jobs/{job}")

    def follow(self, job: str) -> Iterator[JobPart]:
        """A job whenever it has changed, until it has ended."""
        address = f"/v1/jobs/{job}/events"
        with self._http.stream("GET", address, headers=self._headers, timeout=None) as answer:
            if answer.is_error:
                answer.read()
            _checked(answer)
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    yield JobPart.model_validate_json(line.removeprefix("data:"))

    def wait(self, job: str, poll_s: float = 0.5) -> JobPart:
        """A job once it has ended; asks again and again, and so goes on when the service was away for a while."""
        while True:
            try:
                found = self.job(job)
            except httpx.TransportError:
                found = None
            if found is not None and found.state in ENDED:
                return found
            time.sleep(poll_s)

    def cancel(self, job: str) -> JobPart:
        """Ask for the end of a job; its best so far is kept."""
        return self._ask(JobPart, "POST", f"/v1/jobs/{job}/cancel")

    def result(self, job: str) -> dict[str, Any]:
        """What a job found."""
        found: dict[str, Any] = self._send("GET", f"/v1/jobs/{job}/result").json()
        return found

    def files(self, job: str) -> tuple[FilePart, ...]:
        """What a job made."""
        return self._ask(FileList, "GET", f"/v1/jobs/{job}/files").files

    def file(self, job: str, name: str) -> bytes:
        """One file of a job."""
        return self._send("GET", f"/v1/jobs/{job}/files/{name}").content

    def archive(self, job: str) -> bytes:
        """All files of a job in a ZIP."""
        return self._send("GET", f"/v1/jobs/{job}/archive").content

    def purge_job(self, job: str) -> None:
        """Remove for good what a job was asked and found."""
        self._send("DELETE", f"/v1/jobs/{job}")

    def allocate(self, dataset: str, **asked: Any) -> Allocation:
        """A checked proposal for a data set that is kept: asks, waits, reads.

        Raises
        ------
        Failed
            If the job failed.
        """
        return Allocation.model_validate(self._done("allocation", dataset=dataset, **asked))

    def plan(self, dataset: str, **asked: Any) -> RotaPlan:
        """A checked rota for a data set that is kept: asks, waits, reads.

        Raises
        ------
        Failed
            If the job failed.
        """
        return RotaPlan.model_validate(self._done("rota", dataset=dataset, **asked))

    def _done(self, kind: str, **asked: Any) -> dict[str, Any]:
        job = self.wait(self.ask(kind, **asked).id)
        if job.cause is not None:
            raise Failed(job)
        return self.result(job.id)

    def rulesets(self) -> tuple[RuleSetPart, ...]:
        """Rule sets for rotas."""
        return self._ask(RuleSetList, "GET", "/v1/rulesets").rulesets

    def ruleset(self, name: str) -> dict[str, Any]:
        """A rule set whole."""
        found: dict[str, Any] = self._send("GET", f"/v1/rulesets/{name}").json()
        return found

    def instances(self) -> tuple[PresetPart, ...]:
        """Presets of synthetic data sets."""
        return self._ask(PresetList, "GET", "/v1/instances").presets

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
        return _checked(self._http.request(method, path, headers=headers, **options))


def _checked(answer: httpx.Response) -> httpx.Response:
    """An answer that is no problem."""
    if answer.headers.get("content-type") == "application/problem+json":
        raise Refused(Problem.model_validate_json(answer.content))
    return answer.raise_for_status()


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
