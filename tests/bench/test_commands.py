"""The commands of research, end to end on instances of our own."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.bench.rows import row

from tildeling import cli
from tildeling.bench import tables
from tildeling.bench.plots import PLOTS, draw, profile
from tildeling.bench.store import Store
from tildeling.commands.bench import numbers
from tildeling.errors import UsageError

TINY = str(Path(__file__).parents[2] / "instances" / "bench" / "tiny.toml")


def tildeling(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["tildeling", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out + shown.err


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs that were never made: two engines on three instances with two seeds."""
    folder = tmp_path_factory.mktemp("bench")
    store = Store(folder)
    with store.writing():
        for number in range(3):
            for seed in (0, 1):
                for engine, worse in (("auto", 0), ("plain", 20)):
                    value = 1000 + number + worse
                    store.keep(
                        row(
                            key=f"{number}{seed}{engine}", instance=f"i_{number}", digest=f"d{number}",
                            size=10 * 2**number, engine=engine, seed=seed, value=value, best_known=1000 + number,
                            to_best=worse / (1000 + number), history=[(1.0 + number, value + 9, 1), (3.0, value, 9)],
                            outcome="optimal" if engine == "auto" else "feasible",
                        )
                    )  # fmt: skip
    return folder


def test_a_campaign_runs_and_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "bench",
        "run",
        "--set",
        TINY,
        "--instances",
        "weekend",
        "--engines",
        "auto,cpsat",
        "--time-limit",
        "20",
    ]
    code, said = tildeling(monkeypatch, capsys, *words, "--out", str(tmp_path / "out"))
    assert (code, "2 of 2 runs" in said) == (0, True)
    assert "| auto | 1 | 1 | 1 | 0.000 |" in said
    kept = (tmp_path / "out" / "runs.jsonl").read_bytes()
    assert tildeling(monkeypatch, capsys, *words, "--out", str(tmp_path / "out"), "--quiet")[0] == 0
    assert (tmp_path / "out" / "runs.jsonl").read_bytes() == kept


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--set", "none"], "neither a file nor one of"),
        (["run", "--set", TINY, "--engines", "magic"], "no format of the set has it"),
        (["run", "--set", TINY, "--time-limit", "inf"], "--time-limit inf"),
        (["run", "--set", TINY, "--seeds", "5..3"], "ends before it begins"),
        (["run", "--set", TINY, "--seeds", "²"], "--seeds ²"),
        (["run", "--set", TINY, "--seeds", "2147483648"], "below 2147483648"),
        (["run", "--set", TINY, "--instances", "none"], "not in the set"),
        (["run", "--set", TINY, "--seeds", "x"], "--seeds x"),
        (["table", "nowhere"], "holds no runs"),
        (["plot", "nowhere", "--kind", "pie"], "--kind is one of"),
    ],
)
def test_what_cannot_be_used_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code, shown = tildeling(monkeypatch, capsys, "bench", *words)
    assert (code, said in shown) == (2, True)


def test_seeds_in_words() -> None:
    assert numbers("0,3,5..7") == [0, 3, 5, 6, 7]
    assert numbers("2147483647") == [2147483647]
    with pytest.raises(UsageError):
        numbers("1..")


def test_tables(done: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _, shown = tildeling(monkeypatch, capsys, "bench", "table", str(done))
    assert "| i_0 | 1000 | 1000* | 9 | 0.000 | 10.5 | 1020 | 9 | 2.000 | 10.5 |" in shown
    _, shown = tildeling(
        monkeypatch, capsys, "bench", "table", str(done), "--by", "engine", "--format", "csv"
    )
    auto, plain = list(csv.DictReader(io.StringIO(shown)))
    assert (auto["runs"], auto["proven"], auto["mean to best %"], auto["to 1 %"]) == ("6", "6", "0.000", "6")
    assert (plain["proven"], plain["mean to best %"], plain["worst %"]) == ("0", "1.998", "2.000")
    _, shown = tildeling(monkeypatch, capsys, "bench", "table", str(done), "--format", "latex")
    assert r"i\_0 & 1000 & 1000*" in shown
    assert shown.splitlines()[:2] == [r"% \usepackage{booktabs}", r"\begin{tabular}{lrrrrrrrrr}"]
    _, shown = tildeling(monkeypatch, capsys, "bench", "table", str(done), "--format", "csv")
    first = next(csv.DictReader(io.StringIO(shown)))
    assert (first["auto value"], first["auto outcome"], first["auto found"]) == ("1000", "optimal", "2")
    _, shown = tildeling(monkeypatch, capsys, "bench", "table", str(done), "--format", "raw")
    assert len(list(csv.DictReader(io.StringIO(shown)))) == 12
    assert tildeling(monkeypatch, capsys, "bench", "table", str(done), "--format", "html")[0] == 2
    assert tildeling(monkeypatch, capsys, "bench", "table", str(done), "--format", "raw", "--by", "x")[0] == 2


def test_an_engine_without_a_solution_has_a_line() -> None:
    found = tables.instances([row(value=None, outcome="unknown", to_best=None, history=[]), row(seed=1)])
    assert found[1][:3] == ["i", "10", "10 (1/2)"]
    nothing = tables.instances([row(value=None, outcome="late", to_best=None, history=[])])
    assert nothing[1][2:5] == ["late", "9", "–"]
    assert tables.engines([row(value=None, best_known=None, to_best=None, history=[])])[1][4] == "–"


def test_a_table_for_programs_has_numbers_alone() -> None:
    rows = [
        row(value=None, outcome="unknown", bound=None, to_best=None, history=[]),
        row(engine="mip", outcome="optimal"),
    ]
    head, line = tables.instances(rows, bare=True)
    cells = dict(zip(head, line, strict=True))
    assert (cells["auto value"], cells["auto outcome"], cells["auto found"]) == ("", "unknown", "0")
    assert (cells["mip value"], cells["mip outcome"], cells["mip runs"]) == ("10", "optimal", "1")


def test_values_are_shown_as_they_are_published() -> None:
    rows = [
        row(value=-2525, bound=-2600, best_known=-2530, unit=-100),
        row(value=-2500, bound=None, best_known=-2530, unit=-100, seed=1),
    ]
    assert tables.instances(rows)[1][1:4] == ["25.30", "25.12", "26.00"]


def test_what_has_one_name_is_told_apart() -> None:
    rows = [row(), row(form="gap", digest="e"), row(time_limit_s=60.0, value=8)]
    head, *lines = tables.instances(rows)
    assert [line[0] for line in lines] == ["curtois/i", "gap/i"]
    assert [name for name in head if name.endswith("value")] == [
        "auto, 10 s × 1 value",
        "auto, 60 s × 1 value",
    ]
    assert r"10 s $\times$ 1" in tables.as_latex([head, *lines])
    assert tables.as_markdown([["a|b"], ["c"]]).startswith(r"| a\|b |")
    assert tables.as_latex([["~^{}"], ["c"]]).count("textasciitilde") == 1


def test_a_profile_counts_no_run_that_found_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Axes:
        def __init__(self) -> None:
            self.shares: dict[str, list[float]] = {}

        def step(self, ratios: list[float], shares: list[float], *, label: str, **_: object) -> None:
            assert len(ratios) == len(shares)
            self.shares[label] = shares

        def __getattr__(self, name: str) -> Any:
            return lambda *_, **__: None

    ax = Axes()
    rows = [row(digest=f"d{n}") for n in range(2)]
    rows += [row(digest="d0", engine="mip"), row(digest="d1", engine="mip", value=None, history=[])]
    rows += [row(digest="d2", value=None, best_known=5, history=[])]
    profile(ax, rows)
    assert ax.shares["auto"][-1] == pytest.approx(2 / 3)
    assert ax.shares["mip"][-1] == pytest.approx(1 / 2)


@pytest.mark.parametrize("name", PLOTS)
def test_plots_are_the_same_bytes_every_time(name: str, done: Path, tmp_path: Path) -> None:
    rows = list(Store(done).rows.values())
    for path in (tmp_path / "one.svg", tmp_path / "more" / "one.svg"):
        draw(name, rows, path)
    drawn = (tmp_path / "one.svg").read_text()
    assert drawn == (tmp_path / "more" / "one.svg").read_text()
    for engine in ("auto",) if name == "scaling" else ("auto", "plain"):  # the other stays above 1 %
        assert engine in drawn


def test_plots_of_nothing_do_not_fail(tmp_path: Path) -> None:
    rows = [row(value=None, best_known=None, history=[], size=0)]
    for name in PLOTS:
        draw(name, rows, tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").stat().st_size > 1000


def test_a_comparison(
    done: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, shown = tildeling(monkeypatch, capsys, "bench", "compare", str(done), "auto", "plain")
    assert code == 0
    assert "6 pairs of instance and seed, 3 instances (0 without a counterpart, 0 without any value)" in shown
    assert "auto nearer to the best in 6, plain in 0" in shown
    _, shown = tildeling(
        monkeypatch, capsys, "bench", "compare", str(done), "auto", "auto", "--with", str(done), "--json"
    )
    assert json.loads(shown)["p"] is None
    assert tildeling(monkeypatch, capsys, "bench", "compare", str(done), "auto", "none")[0] == 2
