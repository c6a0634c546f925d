"""rota.csv: written, read, and refused with every fault."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling.errors import DataError
from tildeling.rota.sheet.table import read_rota_csv, rota_text
from tildeling.rota.solution import Rota

from .plans import MONDAY, cycle, plan, some_rota

SUNDAY = MONDAY + dt.timedelta(days=6)


def read(text: str, folder: Path) -> Rota:
    (folder / "rota.csv").write_text(text, encoding="utf-8")
    return read_rota_csv(folder / "rota.csv", plan())


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.floats(0, 1))
def test_what_is_written_is_read(seed: int, share: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    rota = some_rota(plan(), seed, share)
    found = read(rota_text(plan(), rota, {}), tmp_path_factory.mktemp("csv"))
    assert found.work == rota.work


def test_rows() -> None:
    rota = Rota({"A-01": {MONDAY: "D", SUNDAY - dt.timedelta(days=1): "N"}})
    lines = rota_text(plan(), rota, {("A-01", SUNDAY): "F1"}).splitlines()
    assert lines[0] == "staff_id;date;shift_code;start;end;base_id;mark"
    assert len(lines) == 1 + 4 * 14
    assert lines[1] == "A-01;2030-03-25;D;2030-03-25T07:30+01:00;2030-03-25T15:00+01:00;B1;"
    assert lines[6] == "A-01;2030-03-30;N;2030-03-30T22:00+01:00;2030-03-31T07:30+02:00;B1;"
    assert lines[7] == "A-01;2030-03-31;;;;;F1"


def test_a_cycle_has_no_offsets() -> None:
    line = rota_text(cycle(), Rota({"A-01": {MONDAY: "N"}}), {}).splitlines()[1]
    assert line == "A-01;2030-03-25;N;2030-03-25T22:00;2030-03-26T07:30;B1;"


def test_three_columns_are_enough_and_dates_may_be_dotted(tmp_path: Path) -> None:
    found = read("\ufeffshift_code;staff_id;date\r\nN;A-02;25.03.2030\r\n\r\n", tmp_path)
    assert found.work["A-02"] == {MONDAY: "N"}


def test_every_fault_at_once(tmp_path: Path) -> None:
    rows = (
        "staff_id;date;shift_code", "A-01;2030-03-25;D", "A-01;2030-03-25;N", "B-01;2030-03-25;D",
        "A-02;2031-01-01;D", "A-02;monday;D", "A-03;2030-03-25;X", "A-04;2030-03-25",
        "13097248022;2030-03-26;D",
    )  # fmt: skip
    with pytest.raises(DataError) as caught:
        read("\n".join(rows), tmp_path)
    places = {(fault.line, fault.column, fault.code) for fault in caught.value.faults}
    assert places == {
        (3, "date", "duplicate_key"), (4, "staff_id", "unknown_reference"), (5, "date", "day_outside"),
        (6, "date", "date"), (7, "shift_code", "unknown_reference"), (8, "", "ragged_row"),
        (9, "staff_id", "identity_number"),
    }  # fmt: skip
    assert "13097248022" not in str(caught.value)


@pytest.mark.parametrize(("text", "said"), [("staff_id;date\n", "shift_code"), ("", "staff_id")])
def test_missing_columns(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read(text, tmp_path)
