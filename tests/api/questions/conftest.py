"""What questions are asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from tests.api.conftest import INSTANCES
from tests.api.questions.office import Office, pattern

from tildeling import allocate, read_dataset
from tildeling.files import read_rota
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal
from tildeling.housing.solution import Solution
from tildeling.rota.check import check as check_rota
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.sheet.whole import whole_view
from tildeling.rota.sheet.writing import write_sheet
from tildeling_api.access.roles import Role
from tildeling_api.jobs.attempts import Attempts


@pytest.fixture(scope="session")
def homes(small: Path) -> Dataset:
    return read_dataset(small)


@pytest.fixture(scope="session")
def proposal(homes: Dataset) -> Proposal:
    found = allocate(homes)
    assert isinstance(found, Proposal)
    return found


@pytest.fixture(scope="session")
def worse(proposal: Proposal) -> Solution:
    """The proposal with a place taken from one and given to another's housemates: not lawful."""
    placements = dict(proposal.solution.placements)
    one, other = sorted(placements)[:2]
    placements[one] = placements[other]
    return Solution(placements, proposal.solution.bases)


@pytest.fixture(scope="session")
def dated() -> RotaDataset:
    return read_rota(INSTANCES / "rota" / "live-in-8")


@pytest.fixture(scope="session")
def cycle() -> RotaDataset:
    return read_rota(INSTANCES / "rota" / "small-8")


@pytest.fixture
def office(app: FastAPI, client_of: Any, token_of: Any, attempts: Attempts) -> Office:
    """A researcher, who may ask about both kinds."""
    return Office(client_of(app, token_of(Role.RESEARCHER)), attempts)


@pytest.fixture
def kept(office: Office, homes: Dataset, tmp_path: Path) -> str:
    return office.keep(homes, tmp_path)


@pytest.fixture
def kept_rota(office: Office, dated: RotaDataset, tmp_path: Path) -> str:
    return office.keep(dated, tmp_path)


@pytest.fixture
def sheet(dated: RotaDataset, tmp_path: Path) -> Path:
    """The workbook of a rota, as a planner gets it."""
    rota = pattern(dated)
    write_sheet(whole_view(dated, rota, check_rota(dated, rota)), tmp_path / "rota.xlsx", "nb")
    return tmp_path / "rota.xlsx"
