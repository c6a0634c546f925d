"""Roles and what each may do, as one table.

Least access (Regulation (EU) 2016/679, article 25 (2)): whoever keeps accounts sees no health data, and whoever reads
the trail changes nothing.
"""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """What a route asks for."""

    SELF = "self"
    """See one's own account."""
    SERVICE = "service"
    """See engines and schemas: nothing of anyone."""
    DATA = "data"
    """Keep data sets, of the kinds one has a right to."""
    JOBS = "jobs"
    """See, cancel and purge jobs, of the kinds one has a right to."""
    HOMES = "homes"
    """Data on applicants and homes, and their allocation."""
    ROTAS = "rotas"
    """Data on staff, and their rotas."""
    ACCOUNTS = "accounts"
    """Open and close accounts of one's own tenant, give and revoke their tokens."""
    AUDIT = "audit"
    """Read the trail of one's own tenant."""
    OPERATE = "operate"
    """See numbers of the whole service, of all tenants together."""


class Role(StrEnum):
    """What an account is for."""

    CASEWORKER = "caseworker"
    PLANNER = "planner"
    RESEARCHER = "researcher"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


EVERYONE = frozenset({Right.SELF, Right.SERVICE})

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.CASEWORKER: EVERYONE | {Right.DATA, Right.JOBS, Right.HOMES},
    Role.PLANNER: EVERYONE | {Right.DATA, Right.JOBS, Right.ROTAS},
    Role.RESEARCHER: EVERYONE | {Right.DATA, Right.JOBS, Right.HOMES, Right.ROTAS},
    Role.AUDITOR: EVERYONE | {Right.AUDIT},
    Role.ADMINISTRATOR: EVERYONE | {Right.ACCOUNTS, Right.OPERATE},
}
