"""A service to do harm to, and jobs that last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.conftest import INSTANCES

from tildeling.files import read_rota, write_dataset
from tildeling_api.access.accounts import Accounts
from tildeling_api.access.roles import Role
from tildeling_api.store.database import Database

from .service import Service, started


@pytest.fixture(autouse=True)
def _linux() -> None:
    if not Path("/proc/self/environ").exists():
        pytest.skip("processes are found through /proc")


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory, small_json: bytes) -> Path:
    """A folder with ``small.json``, and with ``long.json``, a rota that no time limit of these tests is enough for."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "small.json").write_bytes(small_json)
    write_dataset(read_rota(INSTANCES / "rota" / "small-8"), folder / "long.json")
    return folder


@pytest.fixture
def token(address: str) -> str:
    """Speaks for whoever may ask for every kind of job."""
    return new_token(address)


@pytest.fixture
def service(address: str, token: str, tmp_path: Path) -> Iterator[Service]:
    """A service that is not started, on a new database; nothing of it stays."""
    del token
    with started(Service(address, tmp_path)) as made:
        yield made


def new_token(address: str) -> str:
    """A token of a researcher, in a database that is brought up to date."""
    database = Database(address)
    try:
        database.migrate()
        return Accounts(database).add("default", "someone", Role.RESEARCHER)[1].secret
    finally:
        database.close()
