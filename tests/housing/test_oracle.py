"""Every exact engine finds what brute force finds: values, bounds, infeasibility, ties."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tildeling.housing.dataset import Dataset

from .agreement import assert_agrees
from .oracle import best
from .strategies import datasets

ENGINES = ("mip", "cpsat", "auto")
plain = settings(
    deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@settings(plain, max_examples=60)
@given(data=datasets())
def test_engine_agrees_with_brute_force(engine: str, data: Dataset) -> None:
    assert_agrees(data, best(data), engine)
