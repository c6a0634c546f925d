"""Written and read again, a rota data set is the same in every format."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.files.conftest import example_dataset

from tildeling.files import read_any, read_dataset, read_rota, write_dataset
from tildeling.files.identity import holds_identity_number
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.policy import default_policy
from tildeling.rota.tables import (
    TABLES,
    Absence,
    AbsenceKind,
    CoverNeed,
    RotaForm,
    Shift,
    ShiftKind,
    Staff,
    WeekCategory,
    Weekday,
)

from .conftest import MONDAY, example_rota

TARGETS = ("folder", "book.xlsx", "document.json")


@pytest.mark.parametrize("first", TARGETS)
@pytest.mark.parametrize("second", TARGETS)
def test_every_field_survives(rota: RotaDataset, tmp_path: Path, first: str, second: str) -> None:
    write_dataset(rota, tmp_path / "a" / first)
    once = read_rota(tmp_path / "a" / first)
    write_dataset(once, tmp_path / "b" / second)
    twice = read_rota(tmp_path / "b" / second)
    assert once == twice == rota
    assert twice.digest() == rota.digest()
    assert twice.policy.digest() == rota.policy.digest()


def test_the_example_uses_every_field(rota: RotaDataset) -> None:
    assert rota.faults() == []
    for name, row_type in TABLES.items():
        for field, info in row_type.model_fields.items():
            values = [getattr(row, field) for row in rota.table(name)]
            if (name, field) != ("dataset", "form"):  # a cycle has no history: below
                assert any(value != info.default for value in values), f"{name}.{field} is never filled"


@pytest.mark.parametrize("target", TARGETS)
def test_a_cycle_survives(rota: RotaDataset, tmp_path: Path, target: str) -> None:
    info = rota.info.model_copy(update={"form": RotaForm.CYCLE})
    cycle = replace(rota, info=info, history=(), published=())
    write_dataset(cycle, tmp_path / target)
    assert read_rota(tmp_path / target) == cycle


@pytest.mark.parametrize("target", TARGETS)
def test_the_kind_is_told_by_the_tables(rota: RotaDataset, tmp_path: Path, target: str) -> None:
    write_dataset(rota, tmp_path / "rota" / target)
    write_dataset(example_dataset(), tmp_path / "homes" / target)
    assert read_any(tmp_path / "rota" / target) == rota
    assert read_any(tmp_path / "homes" / target) == read_dataset(tmp_path / "homes" / target)


def test_force_leaves_no_table_of_the_other_kind(rota: RotaDataset, tmp_path: Path) -> None:
    write_dataset(example_dataset(), tmp_path / "data")
    (tmp_path / "data" / "README.md").write_text("mine")
    write_dataset(rota, tmp_path / "data", force=True)
    assert read_any(tmp_path / "data") == rota
    assert (tmp_path / "data" / "README.md").read_text() == "mine"


def hundredths(least: int, most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(least * 100, most * 100).map(lambda parts: Decimal(parts) / 100)


LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
TEXTS = (
    st.text(st.sampled_from(list("=+-@'\"|;,\n\t _xæøåÆØÅ＝＠0")) | LETTERS, max_size=30)
    .map(str.strip)
    .filter(lambda text: not holds_identity_number(text))
)
DATES = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
CLOCKS = st.times().map(lambda time: f"{time:%H:%M}")
PERSONS = st.builds(
    Staff,
    staff_id=st.just("s9"),
    position_percent=st.just(0) | st.integers(1001, 100_000).map(lambda parts: Decimal(parts) / 1000),
    category=st.sampled_from(WeekCategory),
    competences=st.lists(st.sampled_from(sorted(default_policy().competences))),
    base_ids=st.lists(st.sampled_from(["B1", "B2"])),
    nights=st.booleans(),
    weekend_every=st.none() | st.integers(1, 12),
    hourly_cost=st.none() | hundredths(0, 1_000_000),
)
SHIFTS = st.builds(
    Shift,
    shift_code=st.sampled_from(["D1", "0730", "1e5", "Æ-1"]),
    title=TEXTS,
    kind=st.sampled_from(ShiftKind),
    base_id=st.just("B2"),
    start=CLOCKS,
    hours=hundredths(4, 192).filter(lambda hours: hours >= 4),
    break_minutes=st.integers(0, 240),
    passive_hours=hundredths(0, 4),
    straining=st.booleans(),
)
NEEDS = st.builds(
    CoverNeed,
    cover_id=st.just("c9"),
    days=st.lists(st.sampled_from(Weekday), min_size=1),
    shift_codes=st.just(("D", "N")),
    least=st.integers(0, 5),
    wanted=st.none() | st.integers(5, 9),
    most=st.none() | st.integers(9, 200),
    must=st.booleans(),
    weight=st.integers(1, 1000),
)
ABSENCES = st.builds(
    lambda days, kind, counts: Absence(
        staff_id="s1", first_day=min(days), last_day=max(days), kind=kind, counts=counts
    ),
    st.tuples(DATES, DATES).filter(lambda days: max(days) < MONDAY or min(days) > MONDAY),
    st.sampled_from(AbsenceKind),
    st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(person=PERSONS, shift=SHIFTS, need=NEEDS, absence=ABSENCES, weeks=st.integers(2, 53), name=TEXTS)
def test_any_value_survives(
    person: Staff, shift: Shift, need: CoverNeed, absence: Absence, weeks: int, name: str
) -> None:
    base = example_rota()
    data = replace(
        base,
        info=base.info.model_copy(update={"weeks": weeks, "notice_nb": name}),
        staff=(*base.staff, person),
        shifts=(*base.shifts, shift),
        cover=(*base.cover, need),
        absences=(*base.absences, absence),
    )
    with tempfile.TemporaryDirectory() as path:
        for target in TARGETS:
            write_dataset(data, Path(path) / target)
            assert read_rota(Path(path) / target) == data
