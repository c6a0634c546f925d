"""Data sets by preset: sizes as asked, the same bytes from a seed, lawful as they stand, shares as stated."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tildeling.errors import UsageError
from tildeling.files import read_dataset
from tildeling.housing.check import check
from tildeling.housing.compiling.compiler import compile_dataset
from tildeling.housing.dataset import Dataset
from tildeling.housing.generate.municipalities import inhabitant_shares
from tildeling.housing.generate.output import write_instance
from tildeling.housing.generate.presets import PRESETS, Size, sized
from tildeling.housing.generate.sampling import generator, interleaved, picked, rounded
from tildeling.housing.generate.scenario import generate, policy_of
from tildeling.housing.generate.waiting import waiting_cohorts
from tildeling.housing.tables import Application, Level, RelationKind
from tildeling.housing.today import standing_solution

ROOT = Path(__file__).parents[2]
SMALL = sized("county", applicants=400)
NATION = sized("nation", applicants=600, municipalities=6)


@pytest.fixture(scope="module")
def small() -> Dataset:
    return generate("county", SMALL, 3)


@pytest.fixture(scope="module")
def nation() -> Dataset:
    return generate("nation", NATION, 5)


@pytest.fixture(params=["county", "nation"])
def data(request: pytest.FixtureRequest, small: Dataset, nation: Dataset) -> Dataset:
    return small if request.param == "county" else nation


# --- sizes ---------------------------------------------------------------------------------------------


def test_presets_are_those_asked_for() -> None:
    assert (PRESETS["county"].applicants, PRESETS["county"].groups, PRESETS["county"].bases) == (
        3000,
        450,
        240,
    )
    assert PRESETS["region"] == Size(10_000, 1_500, 800, 0, 50_000)
    assert (PRESETS["nation"].applicants, PRESETS["nation"].municipalities) == (100_000, 357)
    assert all(sized(name) == size for name, size in PRESETS.items())


def test_sizes_keep_their_proportion_unless_given() -> None:
    assert sized("county", applicants=1000) == Size(1000, 150, 80, 0, 1000)
    assert sized("nation", applicants=50_000) == Size(50_000, 7_500, 4_000, 178, 25_000)
    assert sized("county", applicants=1000, conflicts=7, bases=60) == Size(1000, 150, 60, 0, 7)


def test_every_fault_of_the_sizes_is_named() -> None:
    with pytest.raises(UsageError) as error:
        sized("county", applicants=90, groups=2, bases=9, municipalities=4, conflicts=1000)
    words = str(error.value)
    assert [line.split()[0] for line in words.splitlines()] == [
        "--applicants", "--groups", "--bases", "--municipalities", "--conflicts",
    ]  # fmt: skip


def test_unknown_preset() -> None:
    with pytest.raises(UsageError, match="'country' is not one of county, region, nation"):
        sized("country")


def test_too_few_who_know_each_other() -> None:
    size = sized("nation", applicants=600, municipalities=24, conflicts=3600)
    with pytest.raises(UsageError, match="--conflicts 3600: no more than"):
        generate("nation", size, 1)


# --- parts ---------------------------------------------------------------------------------------------


def test_municipalities_are_as_uneven_as_stated() -> None:
    share = inhabitant_shares(357)
    assert share.sum() == pytest.approx(1)
    assert share[:4].tolist() == [0.128, 0.053, 0.039, 0.027]
    assert (np.diff(share) <= 0).all()
    assert np.median(share) * 5.55e6 == pytest.approx(5000, rel=0.03)
    assert inhabitant_shares(1).tolist() == [1.0]


def test_interleaved_keeps_every_stretch_in_proportion() -> None:
    label = interleaved(generator(1), [10, 0, 30])
    assert np.bincount(label).tolist() == [10, 0, 30]
    assert all(2 <= (label[i : i + 12] == 0).sum() <= 4 for i in range(0, 28, 4))


def test_rounded_keeps_the_sum_and_runs() -> None:
    quota = np.array([0.4, 0.4, 0.2, 1.5, 0.5])
    for u in np.linspace(0.01, 0.99, 30):
        whole = rounded(quota, float(u))
        assert whole.sum() == 3
        assert (abs(whole - quota) < 1).all()
        assert whole[:3].sum() in (0, 1, 2)


def test_picked_by_weight() -> None:
    assert [picked(u, {"a": 1, "b": 0, "c": 3}) for u in (0.0, 0.24, 0.26, 0.999)] == ["a", "a", "c", "c"]


# --- data sets -----------------------------------------------------------------------------------------


def test_as_many_as_asked(data: Dataset) -> None:
    size = SMALL if not data.applicants[0].municipality else NATION
    assert len(data.applicants) == size.applicants
    assert len(data.groups) == size.groups
    assert len(data.bases) == size.bases
    conflicts = [row for row in data.relations if row.kind is RelationKind.CONFLICT]
    assert len({frozenset((r.person_a, r.person_b)) for r in conflicts}) == size.conflicts == len(conflicts)
    assert {row.level for row in conflicts} == set(Level)
    assert all(row.verified_on for row in conflicts)


@pytest.mark.parametrize("size", [SMALL, NATION], ids=["county", "nation"])
def test_same_seed_same_bytes_and_another_seed_others(size: Size, tmp_path: Path) -> None:
    def files(seed: int, name: str) -> dict[str, bytes]:
        data = generate("x", size, seed)
        write_instance(data, tmp_path / name, policy_of(data.info.dataset_id))
        return {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}

    one, same, other = files(8, "one"), files(8, "same"), files(9, "other")
    assert one == same
    assert {name for name in one if one[name] == other[name]} <= {"locks.csv"}


def test_no_faults_and_nothing_wrong_today(data: Dataset) -> None:
    assert data.faults() == []
    report = check(data, standing_solution(data))
    assert report.breaches == ()
    assert {breach.requirement for breach in report.standing} <= {"H3.group_min"}


def test_whoever_has_been_promised_a_home_suits_it(data: Dataset) -> None:
    assert data.locks
    homes = {row.unit_id for row in data.residents}
    assert all(row.unit_id not in homes for row in data.locks)
    standing = check(data, standing_solution(data)).standing
    assert not [breach for breach in standing if breach.requirement.startswith("H2")]


def test_says_that_it_is_invented(data: Dataset) -> None:
    assert "Syntetisk" in data.info.notice_nb
    assert "synthetic" in data.info.notice_en


def test_kinds_of_need_in_the_shares_of_the_scenario(data: Dataset) -> None:
    new = [a for a in data.applicants if a.application is Application.NEW]
    wanted: Counter[tuple[str, str]] = Counter()
    for cohort in waiting_cohorts():
        wanted[cohort.target_group, cohort.service_need.value] += cohort.size
    found = Counter((a.target_group, a.service_need.value) for a in new)
    total = sum(wanted.values())
    assert found.keys() == wanted.keys()
    for kind, count in wanted.items():
        assert abs(found[kind] - len(new) * count / total) <= 4, kind


def test_care_hours_are_as_uneven_as_stated(data: Dataset, script: Callable[[str], ModuleType]) -> None:
    facts = script("facts.py")
    hours = facts.home_service_hours(data)
    assert facts.mean(hours) == pytest.approx(14.3, rel=0.1)
    assert facts.mean(facts.home_service_hours(data, high=67)) == pytest.approx(21.9, rel=0.1)
    assert sum(h > 35.5 for h in hours) / len(hours) == pytest.approx(0.102, abs=0.01)
    assert facts.top_tenth(hours) == pytest.approx(0.70, abs=0.02)
    assert facts.mean([h for h, _ in facts.high_need(data)]) == pytest.approx(112.5, rel=0.02)
    assert facts.health_education(data) == pytest.approx(0.712, abs=0.01)


def test_homes_are_three_quarters_of_the_need(data: Dataset) -> None:
    movers = {a.applicant_id for a in data.applicants if a.application is not Application.NEW}
    stay = {row.unit_id for row in data.residents if row.resident_id not in movers}
    assert (len(data.units) - len(stay)) / len(data.applicants) == pytest.approx(0.75, abs=0.03)
    assert movers
    assert {a.application for a in data.applicants} == set(Application)


def test_every_group_has_a_base_within_reach(data: Dataset) -> None:
    problem = compile_dataset(data).problem
    assert set(problem.arc_group.tolist()) == set(range(problem.n_groups))
    several = np.bincount(problem.arc_group)
    assert (several > 1).sum() > 5


def test_only_minutes_that_can_matter(data: Dataset) -> None:
    serving = {base.site_id for base in data.bases if {"near_base", "ambulatory"} & set(base.serves)}
    assert data.travel_times
    for row in data.travel_times:
        assert row.from_site_id in serving
        assert row.minutes <= 30
        assert data.site[row.from_site_id].municipality == data.site[row.to_site_id].municipality


def test_people_of_a_county_may_be_placed_anywhere_in_it(small: Dataset) -> None:
    assert {a.municipality for a in small.applicants} | {s.municipality for s in small.sites} == {None}
    assert len({site.district for site in small.sites}) >= 4


def test_nobody_is_placed_outside_the_own_municipality(nation: Dataset) -> None:
    assert len({site.municipality for site in nation.sites}) == NATION.municipalities
    sizes = Counter(a.municipality for a in nation.applicants)
    assert sizes.most_common(1)[0][1] > 0.3 * len(nation.applicants)
    compiled = compile_dataset(nation)
    frame, problem = compiled.frame, compiled.problem
    homes = [nation.site[nation.group[g].site_id].municipality for g in frame.group_ids]
    assert problem.n_cells > 1000
    for item, group in zip(problem.cell_item.tolist(), problem.cell_group.tolist(), strict=True):
        assert frame.items[item].municipality == homes[group]


def test_a_county_at_full_size() -> None:
    data = generate("county", PRESETS["county"], 1)
    assert (len(data.applicants), len(data.groups), len(data.bases)) == (3000, 450, 240)
    assert check(data, standing_solution(data)).ok
    problem = compile_dataset(data).problem
    assert len(np.unique(problem.cell_item * problem.n_groups + problem.cell_group)) > 100_000


@pytest.mark.slow
def test_a_region_at_full_size() -> None:
    data = generate("region", PRESETS["region"], 1)
    assert (len(data.applicants), len(data.groups), len(data.bases)) == (10_000, 1_500, 800)
    problem = compile_dataset(data).problem
    assert len(np.unique(problem.cell_item * problem.n_groups + problem.cell_group)) > 1_000_000


@pytest.mark.slow
def test_a_nation_at_full_size() -> None:
    data = generate("nation", PRESETS["nation"], 1)
    assert (len(data.applicants), len(data.groups), len(data.bases)) == (100_000, 15_000, 8_000)
    sizes = sorted(Counter(a.municipality for a in data.applicants).values(), reverse=True)
    assert len(sizes) == 357
    assert sizes[0] / len(data.applicants) == pytest.approx(0.128, abs=0.002)
    assert len(data.travel_times) < 1_000_000


# --- command -------------------------------------------------------------------------------------------

COMMAND = """
from importlib.metadata import EntryPoint
from tildeling import cli
names = {"generate": "generating", "housing": "housing"}
entries = [EntryPoint(n, f"tildeling.commands.{m}:register", "tildeling.commands") for n, m in names.items()]
cli.entry_points = lambda group: entries
cli.main()
"""
"""The command line with this command registered, installed or not."""


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, "generate", *map(str, words)], capture_output=True, text=True,
        timeout=120, env=os.environ | {"LANG": "C.UTF-8", "COLUMNS": "100"}, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_command_is_registered() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (
        project["entry-points"]["tildeling.commands"]["generate"] == "tildeling.commands.generating:register"
    )


def test_command_writes_and_replaces_only_when_told(tmp_path: Path) -> None:
    out = tmp_path / "a" / "county"
    words = ("county", "--applicants", 300, "--seed", 4, "--out", out)
    done = run(*words, "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "300 applicants" in done.stdout
    assert "people, " in done.stderr
    data = read_dataset(out)
    assert data.digest() == generate("county", sized("county", applicants=300), 4).digest()
    again = run(*words, "--quiet")
    assert again.returncode == 2
    assert "--force" in again.stderr
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert run(*words, "--quiet", "--force").returncode == 0
    assert before == {path.name: path.read_bytes() for path in out.iterdir()}
    (out / "notes.txt").write_text("mine")
    assert run(*words, "--force").returncode == 2
    assert [path.name for path in out.parent.iterdir()] == ["county"]


def test_command_names_every_bad_size(tmp_path: Path) -> None:
    done = run("county", "--applicants", 50, "--groups", 3, "--bases", 9, "--out", tmp_path / "out")
    assert done.returncode == 2
    for name in ("--applicants 50", "--groups 3", "--bases 9"):
        assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    assert run("kommune", "--out", tmp_path / "out").returncode == 2
