"""Accounts, tokens and the trail over HTTP, each within the caller's own tenant."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Query, Request

from tildeling_api.access import audit
from tildeling_api.access.accounts import Accounts, Caller
from tildeling_api.access.gate import May
from tildeling_api.access.roles import RIGHTS, Right, Role
from tildeling_api.problems import responses
from tildeling_api.schemas import (
    AccountList,
    AccountPart,
    CallerPart,
    EventList,
    EventPart,
    NewAccount,
    NewToken,
    TokenPart,
)
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Account, Event

router = APIRouter(prefix="/v1")

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", examples=["0" * 32])]
Self = Annotated[Caller, Depends(May(Right.SELF))]
Keeper = Annotated[Caller, Depends(May(Right.ACCOUNTS))]
Auditor = Annotated[Caller, Depends(May(Right.AUDIT))]


@router.get("/me", tags=["accounts"])
async def me(caller: Self) -> CallerPart:
    """Whom the token speaks for, and what it may do."""
    return CallerPart(
        account_id=caller.account, name=caller.name, role=caller.role,
        rights=tuple(sorted(RIGHTS[caller.role])), token_expires_at=caller.expires_at,
    )  # fmt: skip


@router.get("/accounts", tags=["accounts"])
def accounts(request: Request, caller: Keeper) -> AccountList:
    """Every account of the tenant."""
    return AccountList(accounts=tuple(_account(each) for each in _accounts(request).of_tenant(caller)))


@router.post("/accounts", tags=["accounts"], status_code=201, responses=responses({409: "The name is taken"}))
def open_account(request: Request, caller: Keeper, new: NewAccount) -> AccountPart:
    """Open an account; it can do nothing until it has a token."""
    return _account(_accounts(request).open(caller, new.name, new.role))


@router.delete(
    "/accounts/{account_id}",
    tags=["accounts"],
    status_code=204,
    responses=responses({404: "No such account"}),
)
def close_account(request: Request, caller: Keeper, account_id: Id) -> None:
    """Close an account and end its tokens; again does nothing."""
    _accounts(request).close(caller, account_id)


@router.post(
    "/accounts/{account_id}/tokens", tags=["accounts"], status_code=201,
    responses=responses({404: "No such account, or it is closed"}),
)  # fmt: skip
def give_token(request: Request, caller: Keeper, account_id: Id, new: NewToken) -> TokenPart:
    """Give an account a token; its secret is shown this once."""
    given = _accounts(request).give(caller, account_id, new.days)
    return TokenPart(token_id=given.id, token=given.secret, expires_at=given.expires_at)


@router.delete(
    "/tokens/{token_id}", tags=["accounts"], status_code=204, responses=responses({404: "No such token"})
)
def revoke_token(request: Request, caller: Keeper, token_id: Id) -> None:
    """End a token at once; again does nothing."""
    _accounts(request).revoke(caller, token_id)


@router.get("/audit", tags=["audit"])
def trail(
    request: Request,
    caller: Auditor,
    after: Annotated[int, Query(ge=0, le=2**53, description="Lines after this number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> EventList:
    """What was done in the tenant, oldest first."""
    with cast(Database, request.app.state.database).reading() as session:
        found = audit.page(session, caller.tenant, after, limit + 1)
    shown = found[:limit]
    return EventList(
        events=tuple(_event(each) for each in shown), next=shown[-1].number if len(found) > limit else None
    )


def _accounts(request: Request) -> Accounts:
    return cast(Accounts, request.app.state.accounts)


def _account(row: Account) -> AccountPart:
    return AccountPart(
        account_id=row.id,
        name=row.name,
        role=Role(row.role),
        created_at=row.created_at,
        closed_at=row.closed_at,
    )


def _event(row: Event) -> EventPart:
    return EventPart(
        number=row.number, at=row.at, account_id=row.account_id, action=row.action, subject=row.subject,
        details=row.details, digest=row.digest,
    )  # fmt: skip
