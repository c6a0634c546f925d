"""The other commands on the small instance: they run, answer, and leave their source alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tildeling import read_dataset

Command = Callable[..., Any]


def test_check_of_a_proposal_and_of_today(tildeling: Command, small: Path, proposal: Path) -> None:
    for words in ((small, proposal), (small,)):
        done = tildeling("check", *words, "--lang", "en")
        assert (done.code, done.err) == (0, "")
        assert "Breaches: 0" in done.out
    found = json.loads(tildeling("check", small, proposal, "--json").out)
    assert found["ok"]
    result = json.loads((proposal / "result.json").read_text(encoding="utf-8"))
    assert [tier["value"] for tier in found["tiers"]] == [tier["value"] for tier in result["tiers"]]


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_report_in_both_languages(
    tildeling: Command, small: Path, proposal: Path, tmp_path: Path, lang: str
) -> None:
    done = tildeling("report", small, proposal, "--lang", lang, "--out", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    assert done.out.strip() == str(tmp_path / "out" / "report.html")
    assert f'lang="{lang}"' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_compare_a_proposal_with_itself_and_with_an_office_s_day(
    tildeling: Command, small: Path, proposal: Path, tmp_path: Path
) -> None:
    assert tildeling("allocate", small, "--engine", "vacancy", "--out", tmp_path / "day").code == 0
    for other in (proposal, tmp_path / "day"):
        done = tildeling("compare", small, proposal, other, "--lang", "en")
        assert done.code == 0, done.err
        assert done.out
        json.loads(tildeling("compare", small, proposal, other, "--json").out)


def test_template_and_convert_round_trip(tildeling: Command, small: Path, tmp_path: Path) -> None:
    assert tildeling("template", tmp_path / "empty.xlsx").code == 0
    before = read_dataset(small).digest()
    source = small
    for name in ("a.json", "b.xlsx", "c"):
        assert tildeling("convert", source, tmp_path / name).code == 0
        source = tmp_path / name
        assert read_dataset(source).digest() == before
    refused = tildeling("convert", small, tmp_path / "a.json")
    assert refused.code == 2
    assert "--force" in refused.err


def test_explain_whom_it_places_whom_it_does_not_and_the_whole(
    tildeling: Command, small: Path, proposal: Path
) -> None:
    for words in (("--applicant", "s01"), ("--applicant", "s09"), ()):
        done = tildeling("explain", small, proposal, "--lang", "en", "--quiet", *words)
        assert done.code == 0, done.err
        assert done.out.strip()
        json.loads(tildeling("explain", small, proposal, "--json", "--quiet", *words).out)
    unknown = tildeling("explain", small, proposal, "--applicant", "nobody")
    assert unknown.code == 2
    assert "nobody" in unknown.err


def test_candidates_for_a_unit(tildeling: Command, small: Path, proposal: Path) -> None:
    for words in ((), ("--proposal", proposal), ("--previous", proposal)):
        done = tildeling("candidates", small, "HAM-01", "--lang", "en", "--quiet", *words)
        assert done.code == 0, done.err
        assert "s14" in done.out
        assert "5 of 5 are proven" in done.out
        assert ("had to be found first" in done.out) == (not words)
    told = json.loads(tildeling("candidates", small, "HAM-01", "--json", "--quiet").out)
    assert len(told["candidates"]) == told["exact"] == 5
    shown = tildeling("candidates", small, "HAM-01", "--most", "2", "--lang", "en", "--quiet")
    assert "3 more are eligible" in shown.out
    assert "s16" not in shown.out


def test_places_of_an_applicant(tildeling: Command, small: Path, proposal: Path) -> None:
    words = ("candidates", small, "--applicant", "s09", "--proposal", proposal, "--quiet")
    done = tildeling(*words, "--lang", "nb")
    assert done.code == 0, done.err
    assert "SOL-B-01, SOL-B-02, SOL-B-03, SOL-B-04" in done.out
    assert "3 av 3 er bevist" in done.out
    assert len(json.loads(tildeling(*words, "--json").out)["places"]) == 3


def test_candidates_of_nothing_known(tildeling: Command, small: Path, proposal: Path, tmp_path: Path) -> None:
    for words, told in (
        (("NO-01",), "NO-01"), (("--applicant", "nobody"), "nobody"), ((), "one of them"),
        (("HAM-01", "--applicant", "s09"), "one of them"), (("HAM-01", "--proposal", tmp_path), "placements.csv"),
    ):  # fmt: skip
        done = tildeling("candidates", small, *words)
        assert done.code == 2, done.err
        assert told in done.err
        assert not done.traceback


def test_candidates_against_a_proposal_with_breaches(
    tildeling: Command, small: Path, proposal: Path, tmp_path: Path
) -> None:
    shutil.copytree(proposal, tmp_path / "broken")
    placements = tmp_path / "broken" / "placements.csv"
    rows = placements.read_text(encoding="utf-8").splitlines()
    rows[2] = ";".join([rows[2].split(";")[0], *rows[1].split(";")[1:]])  # two people in one home
    placements.write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = tildeling(
        "candidates", small, "HAM-01", "--proposal", tmp_path / "broken", "--lang", "en", "--quiet"
    )
    assert done.code == 1
    assert done.out.strip()
