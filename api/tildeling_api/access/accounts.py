"""Tenants, accounts and tokens: opened, closed, given, revoked; every change leaves a line in the trail."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tildeling_api.access import audit
from tildeling_api.access.names import DAYS
from tildeling_api.access.roles import RIGHTS, Right, Role
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Account, Tenant, Token

SHAPE = re.compile(r"tld_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
"""A token: the number of its row, and 256 random bits."""

TENANT, ADMINISTRATOR = "default", "administrator"
"""Names of the first of each."""

Clock = Callable[[], dt.datetime]


def now() -> dt.datetime:
    """This moment in UTC."""
    return dt.datetime.now(dt.UTC)


class Taken(Exception):
    """The name is another's."""


class Missing(Exception):
    """There is no such thing in the caller's tenant."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a request speaks for."""

    tenant: str
    account: str
    name: str
    role: Role
    token: str
    expires_at: dt.datetime

    def may(self, right: Right) -> bool:
        """Whether the role has a right."""
        return right in RIGHTS[self.role]


@dataclass(frozen=True, slots=True)
class Given:
    """A token just made: the only time that it is seen."""

    id: str
    secret: str
    expires_at: dt.datetime


class Accounts:
    """Everything about accounts; ``by`` is who does it, none for whoever works on the machine itself."""

    def __init__(self, database: Database, clock: Clock = now) -> None:
        self._database, self._clock = database, clock

    def who(self, token: str) -> Caller | None:
        """Whom a token speaks for; None where it is unknown, expired or revoked, or the account is closed."""
        found = SHAPE.fullmatch(token)
        if found is None:
            return None
        with self._database.reading() as session:
            row = session.get(Token, found[1])
            account = None if row is None else session.get(Account, row.account_id)
        kept = row.digest if row is not None else _digest("")
        right = hmac.compare_digest(kept, _digest(found[2]))
        if row is None or account is None or not right:
            return None
        if row.revoked_at is not None or account.closed_at is not None or row.expires_at <= self._clock():
            return None
        return Caller(account.tenant_id, account.id, account.name, Role(account.role), row.id, row.expires_at)

    def first(self) -> Given | None:
        """An administrator with a token, where there is none; None otherwise."""
        with self._database.writing() as session:
            kept = select(Account.id).where(Account.role == Role.ADMINISTRATOR, Account.closed_at.is_(None))
            if session.scalars(kept.limit(1)).first() is not None:
                return None
            tenant = self._owner(session, TENANT).id
            taken = set(session.scalars(select(Account.name).where(Account.tenant_id == tenant)).all())
            names = (ADMINISTRATOR, *(f"{ADMINISTRATOR} {n}" for n in range(2, len(taken) + 3)))
            name = next(each for each in names if each not in taken)
            return self._give(
                session, self._open(session, tenant, name, Role.ADMINISTRATOR, None), DAYS, None
            )

    def add(self, tenant: str, name: str, role: Role, days: int = DAYS) -> tuple[Account, Given]:
        """An account with a token, by whoever works on the machine; a tenant that is not there is made.

        Raises
        ------
        Taken
            If the tenant has an account of that name.
        """
        with self._database.writing() as session:
            account = self._open(session, self._owner(session, tenant).id, name, role, None)
            return account, self._give(session, account, days, None)

    def all(self) -> list[tuple[str, Account]]:
        """Every account with its tenant's name, for whoever works on the machine."""
        with self._database.reading() as session:
            rows = session.execute(
                select(Tenant.name, Account).join(Account).order_by(Tenant.name, Account.name)
            ).all()
            return [(name, account) for name, account in rows]

    def of_tenant(self, by: Caller) -> list[Account]:
        """Accounts of the caller's tenant, by name."""
        with self._database.reading() as session:
            mine = select(Account).where(Account.tenant_id == by.tenant).order_by(Account.name)
            return list(session.scalars(mine).all())

    def open(self, by: Caller, name: str, role: Role) -> Account:
        """A new account of the caller's tenant.

        Raises
        ------
        Taken
            If there is one of that name.
        """
        with self._database.writing() as session:
            return self._open(session, by.tenant, name, role, by)

    def close(self, by: Caller, account: str) -> None:
        """Close an account; its tokens end with it.

        Raises
        ------
        Missing
            If the tenant has no such account.
        """
        with self._database.writing() as session:
            found = _own(session, by, account)
            if found.closed_at is None:
                found.closed_at = self._clock()
                self._tell(session, "account.closed", found.id, by.tenant, by)

    def give(self, by: Caller, account: str, days: int = DAYS) -> Given:
        """A new token of an account.

        Raises
        ------
        Missing
            If the tenant has no such account, or it is closed.
        """
        with self._database.writing() as session:
            found = _own(session, by, account)
            if found.closed_at is not None:
                raise Missing
            return self._give(session, found, days, by)

    def revoke(self, by: Caller, token: str) -> None:
        """End a token at once.

        Raises
        ------
        Missing
            If the tenant has no such token.
        """
        with self._database.writing() as session:
            found = session.get(Token, token)
            if found is None:
                raise Missing
            _own(session, by, found.account_id)
            if found.revoked_at is None:
                found.revoked_at = self._clock()
                self._tell(session, "token.revoked", token, by.tenant, by)

    def record(self, by: Caller, action: str, subject: str, details: Mapping[str, str] | None = None) -> None:
        """A line in the trail of what a caller did."""
        with self._database.writing() as session:
            self._tell(session, action, subject, by.tenant, by, details)

    def _owner(self, session: Session, name: str) -> Tenant:
        """The tenant of a name; made if it is not there."""
        known = session.scalars(select(Tenant).where(Tenant.name == name)).first()
        if known is not None:
            return known
        tenant = Tenant(id=new_id(), name=name, created_at=self._clock())
        session.add(tenant)
        session.flush()
        self._tell(session, "tenant.opened", tenant.id, tenant.id, None, {"name": name})
        return tenant

    def _open(self, session: Session, tenant: str, name: str, role: Role, by: Caller | None) -> Account:
        account = Account(
            id=new_id(),
            tenant_id=tenant,
            name=name,
            role=role.value,
            created_at=self._clock(),
            closed_at=None,
        )
        session.add(account)
        try:
            session.flush()
        except IntegrityError as error:
            raise Taken(name) from error
        self._tell(session, "account.opened", account.id, tenant, by, {"role": role.value})
        return account

    def _give(self, session: Session, account: Account, days: int, by: Caller | None) -> Given:
        secret, begun = secrets.token_urlsafe(32), self._clock()
        token = Token(
            id=new_id(), account_id=account.id, digest=_digest(secret), created_at=begun,
            expires_at=begun + dt.timedelta(days=days), revoked_at=None,
        )  # fmt: skip
        session.add(token)
        session.flush()
        self._tell(session, "token.given", token.id, account.tenant_id, by, {"account": account.id})
        return Given(token.id, f"tld_{token.id}_{secret}", token.expires_at)

    def _tell(
        self,
        session: Session,
        action: str,
        subject: str,
        tenant: str,
        by: Caller | None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        account = None if by is None else by.account
        audit.add(session, self._clock(), action, subject, details, tenant=tenant, account=account)


def _own(session: Session, by: Caller, account: str) -> Account:
    """An account of the caller's tenant; another's is as if it were not there."""
    found = session.get(Account, account)
    if found is None or found.tenant_id != by.tenant:
        raise Missing
    return found


def new_id() -> str:
    """A number that nobody guesses."""
    return secrets.token_hex(16)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
