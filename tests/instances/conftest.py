"""The scripts beside the instances, loaded as modules."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

INSTANCES = Path(__file__).parents[2] / "instances"


@cache
def load(path: str) -> ModuleType:
    name = "instances_" + path.replace("/", "_").replace("-", "_").removesuffix(".py")
    spec = importlib.util.spec_from_file_location(name, INSTANCES / path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def instances() -> Path:
    return INSTANCES


@pytest.fixture(scope="session")
def script() -> Callable[[str], ModuleType]:
    """Gives a script of ``instances/`` by its path there."""
    return load
