"""The application in this process, and the small instance as a body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tildeling import read_dataset
from tildeling.files import write_dataset
from tildeling_api.app import create_app

INSTANCES = Path(__file__).parents[2] / "instances"


@pytest.fixture(scope="session")
def small() -> Path:
    return INSTANCES / "small"


@pytest.fixture(scope="session")
def small_json(small: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("documents") / "small.json"
    write_dataset(read_dataset(small), path)
    return path.read_bytes()


@pytest.fixture
def document(small_json: bytes) -> dict[str, Any]:
    """The small instance as a document to spoil."""
    content: dict[str, Any] = json.loads(small_json)
    return content


@pytest.fixture
def app() -> FastAPI:
    return create_app()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client
