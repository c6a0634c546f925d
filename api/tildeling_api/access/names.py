"""Names of accounts and tenants, and how long tokens last: what the service, its commands and its client agree on."""

from __future__ import annotations

import re

NAME = re.compile(r"[A-Za-z0-9ÆØÅæøå][A-Za-z0-9ÆØÅæøå_.\- ]{0,59}")
"""Names of tenants and accounts."""

DAYS, MOST_DAYS = 90, 366
"""How long a token lasts, if nobody says, and at most."""
