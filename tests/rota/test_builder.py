"""The small data set of the tests is a data set that holds together."""

from __future__ import annotations

from .builder import person, small_rota


def test_it_has_no_fault_and_changes_as_asked() -> None:
    assert small_rota().faults() == []
    changed = small_rota(weeks=4, staff=(person("s9", nights=False),))
    assert len(changed.days) == 28
    assert [row.staff_id for row in changed.staff] == ["s9"]
