"""Growth of rotas: instances that can be read, exponents that are there, and a run of the whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import rota_scaling
from benchmarks.rota_scaling import exponents, made, markdown, size

from tildeling.bench.runs import Row
from tildeling.published import format_of


def row(people: int, weeks: int, peak: float) -> Row:
    return Row(
        key="k", form="curtois", instance=f"rota-{people}x{weeks}", digest="d", size=people, engine="auto", seed=0,
        time_limit_s=60, workers=1, outcome="feasible", value=100, wall_s=60, peak_memory_mb=peak, versions={},
        machine="m", started_at="now", history=((1.0, 110, None), (3.0, 102, None), (9.0, 100, None)),
    )  # fmt: skip


@pytest.mark.parametrize(("people", "weeks"), [(5, 2), (10, 4), (150, 52)])
def test_instances_are_of_their_size_and_the_same_each_time(people: int, weeks: int, tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text(made(people, weeks), encoding="utf-8")
    instance = format_of("curtois").read(path)
    assert (len(instance.people), instance.days) == (people, 7 * weeks)
    assert made(people, weeks) == path.read_text(encoding="utf-8")
    hours = sum(person.most_minutes for person in instance.people)
    length = {shift.id: shift.minutes for shift in instance.shifts}
    wanted = sum(cover.wanted * length[cover.shift] for cover in instance.covers)
    assert 0.5 * hours < wanted < hours


def test_both_exponents_are_found() -> None:
    sizes = [(10, 4), (20, 4), (10, 8), (40, 13), (150, 52)]
    rows = [row(people, weeks, 3.0 * people**1.5 * weeks**0.5) for people, weeks in sizes]
    assert size(rows[3]) == (40, 13)
    assert exponents(rows, lambda each: each.peak_memory_mb) == pytest.approx((1.5, 0.5))
    assert exponents(rows[:3], lambda each: each.peak_memory_mb) is None
    assert exponents([row(10, weeks, 1) for weeks in (1, 2, 3, 4)], lambda each: each.peak_memory_mb) is None
    text = markdown(rows)
    assert "| 40 | 13 | 60 | feasible | 100 | – | – | 1 | 3 |" in text
    assert "| **exponent of people** |" in text
    assert "| **1.50** |" in text


def test_a_size_of_another_form_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        rota_scaling.main(["--sizes", "20"])
    assert "'20' is not PEOPLExWEEKS" in capsys.readouterr().err


@pytest.mark.slow
def test_smoke_of_the_growth_of_rotas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "README.md"
    page.write_text(
        "<!-- results: scaling-rota -->\n<!-- end of results: scaling-rota -->\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rota_scaling, "RESULTS", tmp_path)
    monkeypatch.setattr(rota_scaling, "README", page)
    monkeypatch.setattr(rota_scaling, "LEAST_S", 6.0)
    words = ["--sizes", "3x1", "4x1", "3x2", "4x2", "--plot", "--out", str(tmp_path / "rows")]
    words += ["--seconds-per-person-week", "0.1"]
    assert rota_scaling.main(words) == 0
    text = page.read_text(encoding="utf-8")
    assert "**exponent of weeks**" in text
    assert (tmp_path / "scaling-rota.svg").read_text(encoding="utf-8").startswith("<?xml")
    monkeypatch.setattr(rota_scaling, "run", lambda _: pytest.fail("run again"))
    assert rota_scaling.main(words) == 0
