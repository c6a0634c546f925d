"""The other commands on the small instance: they run, answer, and leave their source alone."""

from __future__ import annotations

import json
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


def test_candidates_for_a_unit(tildeling: Command, small: Path) -> None:
    done = tildeling("candidates", small, "HAM-01", "--lang", "en", "--quiet")
    assert done.code == 0, done.err
    assert "s14" in done.out
    json.loads(tildeling("candidates", small, "HAM-01", "--json", "--quiet").out)
    unknown = tildeling("candidates", small, "NO-01")
    assert unknown.code == 2
    assert "NO-01" in unknown.err
