"""Written and read again, a data set is the same in every format."""

from __future__ import annotations

import datetime as dt
import string
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling.errors import UsageError
from tildeling.files import read_dataset, write_dataset
from tildeling.files.folder import guarded, unguarded
from tildeling.files.identity import holds_identity_number
from tildeling.housing.dataset import Dataset
from tildeling.housing.policy import default_policy
from tildeling.housing.tables import TABLES, Applicant, Site, Unit
from tildeling.settings import GoalSetting, TierSetting

from .conftest import DAY, example_dataset

TARGETS = ("folder", "book.xlsx", "document.json")


@contextmanager
def place() -> Iterator[Path]:
    """A folder of its own for each of Hypothesis' examples."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.mark.parametrize("first", TARGETS)
@pytest.mark.parametrize("second", TARGETS)
def test_every_field_survives(example: Dataset, tmp_path: Path, first: str, second: str) -> None:
    write_dataset(example, tmp_path / "a" / first)
    once = read_dataset(tmp_path / "a" / first)
    write_dataset(once, tmp_path / "b" / second)
    twice = read_dataset(tmp_path / "b" / second)
    assert once == twice == example
    assert twice.digest() == example.digest()
    assert twice.policy.digest() == example.policy.digest()


def test_the_example_uses_every_field(example: Dataset) -> None:
    for name, row_type in TABLES.items():
        for field, info in row_type.model_fields.items():
            values = [getattr(row, field) for row in example.table(name)]
            assert any(value != info.default for value in values), f"{name}.{field} is never filled"


def texts(size: int = 400) -> st.SearchStrategy[str]:
    letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    awkward = st.sampled_from(list("=+-@'\"|;,\n\t _xæøåÆØÅ＝＠0"))
    words = st.text(st.one_of(awkward, letters), max_size=min(size, 30))
    return words.map(str.strip).filter(lambda text: not holds_identity_number(text))


def hours(most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, most * 100).map(lambda cents: Decimal(cents) / 100)


DATES = st.dates(dt.date(1, 1, 1), DAY)
FUTURE = st.dates(DAY, dt.date(9999, 12, 31))
CODES = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
APPLICANTS = st.builds(
    Applicant,
    applicant_id=st.just("A2"),
    household_size=st.integers(1, 12),
    age=st.integers(0, 120),
    target_group=st.sampled_from(sorted(default_policy().target_groups)),
    service_need=st.just("with_base"),
    steps_above_reason=texts(),
    required_features=st.lists(st.sampled_from(sorted(default_policy().features))),
    severity=st.integers(1, 5),
    benefit=st.none() | st.integers(1, 5),
    deciding_office=CODES,
    appeal_body=st.none() | CODES,
    applied_on=DATES,
    present_housing=st.just("own_home"),
    care_hours=st.just(Decimal(400)),
    competence_hours=st.dictionaries(st.sampled_from(sorted(default_policy().competences)), hours(100)),
)
UNITS = st.builds(
    Unit,
    unit_id=st.just("U9"),
    group_id=st.just("G2"),
    available_from=FUTURE,
    temporary=st.booleans(),
    area_m2=st.none() | st.integers(100, 100_000).map(lambda cents: Decimal(cents) / 100),
    floor=st.none() | st.integers(-5, 60),
)


@settings(max_examples=40, deadline=None)
@given(applicant=APPLICANTS, unit=UNITS, name=texts(), budget=st.none() | st.booleans())
def test_any_value_survives(applicant: Applicant, unit: Unit, name: str, budget: bool | None) -> None:
    base = example_dataset()
    site = Site(site_id="S9", name=name, district="north", in_budget=budget)
    data = replace(
        base,
        applicants=(base.applicants[0], applicant, base.applicants[2]),
        units=(*base.units, unit),
        sites=(*base.sites, site),
    )
    with place() as path:
        for target in TARGETS:
            write_dataset(data, path / target)
            assert read_dataset(path / target) == data


PARAMS = st.recursive(
    st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | texts() | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(params=PARAMS, name=texts())
def test_any_policy_survives_toml(params: Any, name: str) -> None:
    import tomllib

    from tildeling.files.policies import policy_content, policy_to_toml
    from tildeling.settings import Name

    policy = default_policy().with_rule("H3", extra=params)
    names = {**policy.target_groups, name: Name(nb=name, en="x")}
    policy = policy.model_copy(update={"target_groups": names})
    assert tomllib.loads(policy_to_toml(policy)) == policy_content(policy)


def test_a_policy_with_fewer_names_stays_so(example: Dataset, tmp_path: Path) -> None:
    only = {"frail_older": example.policy.target_groups["frail_older"]}
    only["intellectual_disability"] = example.policy.target_groups["intellectual_disability"]
    tier = TierSetting(name="1", goals=(GoalSetting(goal="statutory_unmet"),))
    policy = example.policy.model_copy(update={"target_groups": only, "tiers": (tier,)})
    for target in TARGETS:
        write_dataset(example.with_policy(policy), tmp_path / target)
        assert read_dataset(tmp_path / target).policy == policy


@given(texts())
def test_guarded_texts_come_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(tuple("=+-@＝＋－＠"))


def test_no_cell_is_a_formula_in_csv(example: Dataset, tmp_path: Path) -> None:
    write_dataset(example, tmp_path / "folder")
    assert "'=HYPERLINK" in (tmp_path / "folder" / "dataset.csv").read_text(encoding="utf-8-sig")
    assert ";-1;" in (tmp_path / "folder" / "units.csv").read_text(encoding="utf-8-sig")


def test_no_cell_is_a_formula_in_a_workbook(example: Dataset, tmp_path: Path) -> None:
    write_dataset(example, tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert book["dataset"]["E2"].value.startswith("=HYPERLINK")


def test_an_existing_target_is_kept_without_force(example: Dataset, tmp_path: Path) -> None:
    for target in TARGETS:
        write_dataset(example, tmp_path / target)
        with pytest.raises(UsageError, match="--force"):
            write_dataset(example, tmp_path / target)
        write_dataset(example, tmp_path / target, force=True)
        assert read_dataset(tmp_path / target) == example


def test_force_keeps_what_is_not_ours(example: Dataset, tmp_path: Path) -> None:
    target = tmp_path / "folder"
    write_dataset(example, target)
    (target / "README.md").write_text("mine")
    (target / "sites.csv").rename(target / "Botiltak.csv")
    write_dataset(example, target, force=True)
    assert (target / "README.md").read_text() == "mine"
    assert read_dataset(target) == example


def test_nothing_is_left_beside_the_target_when_writing_fails(example: Dataset, tmp_path: Path) -> None:
    broken = replace(example, sites=(object(),))  # type: ignore[arg-type]
    for target in TARGETS:
        with pytest.raises((TypeError, AttributeError)):
            write_dataset(broken, tmp_path / target)
    assert list(tmp_path.iterdir()) == []
