"""The report's words stand in both languages, alike."""

from __future__ import annotations

from string import Formatter

from tildeling.housing.goals import registry
from tildeling.housing.indicators import Amount, Hidden
from tildeling.housing.proposal import Proposal
from tildeling.report.phrases import Phrases
from tildeling.report.words import abbreviations
from tildeling.texts import texts


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def test_every_text_has_both_languages_and_the_same_places() -> None:
    nb, en = texts("report", "nb"), texts("report", "en")
    assert nb.keys() == en.keys()
    for key in nb:
        assert nb[key].strip(), key
        assert en[key].strip(), key
        assert places(nb[key]) == places(en[key]), key


def test_every_flag_has_a_short_title() -> None:
    assert {f"flag_{code}" for code in texts("flags", "nb")} <= texts("report", "nb").keys()


def test_explanations_are_of_goals_that_exist() -> None:
    named = {key.removeprefix("goal_") for key in texts("report", "nb") if key.startswith("goal_")}
    assert named - {"band", "threshold", "sum"} <= set(registry())


def test_numbers_are_written_as_the_language_does(town: Proposal) -> None:
    nb, en = Phrases(town.data, "nb"), Phrases(town.data, "en")
    assert nb.number(1234.5, 1) == "1\u00a0234,5"
    assert en.number(1234.5, 1) == "1,234.5"
    assert nb.number(-2) == "−2"
    assert (nb.percent(0.069, 1), en.percent(0.069, 1)) == ("6,9\u00a0%", "6.9%")
    assert nb.date(town.data.info.planning_date) == "15.05.2025"


def test_hidden_amounts_say_so(town: Proposal) -> None:
    en = Phrases(town.data, "en")
    assert en.amount(Amount(None, hidden=Hidden.SMALL), "applicants") == "<5"
    assert en.amount(Amount(None, 167, Hidden.SMALL), "share") == "<5 of 167"
    assert en.amount(Amount(None, hidden=Hidden.SECONDARY), "applicants") == "hidden"
    assert en.amount(Amount(12, 167), "share") == "7.2% (12 of 167)"


def test_abbreviations_are_short_and_no_two_alike() -> None:
    found = abbreviations({"a": "Rus og psyke", "b": "Rus eller psyke", "c": "Rus", "d": "(…)", "e": "X"})
    assert len(set(found.values())) == len(found)
    assert all(0 < len(short) <= 4 for short in found.values())


def test_counted_texts_hold_the_count() -> None:
    for lang in ("nb", "en"):
        for key, words in texts("report", lang).items():
            if f"{key}_one" in texts("report", lang) or key.endswith("_many"):
                assert "{n}" in words or key.startswith("residents"), key
