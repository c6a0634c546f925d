"""Rules that point out, log or order, and the two about cover."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rota.builder import day, need, person
from tests.rota.goals.strategies import datasets, rotas
from tests.rota.rules import plans
from tests.rota.rules.lowering import broken
from tests.rota.rules.plans import found, told

from tildeling.rota.check import check
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.rules import Breach, registry
from tildeling.rota.rules.full_time import extra_order
from tildeling.rota.tables import Published


def said(of: RotaDataset, *lines: str) -> list[Breach]:
    report = check(of, plans.rota(of, *lines))
    return [*report.breaches, *report.remarks]


def test_health() -> None:
    assert found("HEALTH", "DDAANN- DDAAN--") == []
    changes = {"HEALTH": {"hours_of_week": 42.0}}
    spoken = [(each.requirement, each.day) for each in found("HEALTH", "L-AD-NADDDDDDD", changes=changes)]
    assert spoken == [
        ("HEALTH.day", day(0)), ("HEALTH.backward", day(2)), ("HEALTH.backward", day(5)),
        ("HEALTH.backward", day(6)), ("HEALTH.week", day(0)), ("HEALTH.week", day(7)),
    ]  # fmt: skip
    assert [each.day for each in found("HEALTH", "D------", past=("A",))] == [day(-1)]
    assert [each.day for each in found("HEALTH", "D-----A", cycle=True)] == [day(-1)]


def test_a_night_the_clock_makes_long() -> None:
    """Ten hours and the one between three and two: eleven."""
    changes = {"HEALTH": {"hours_of_day": 10.0}}
    (long,) = found("HEALTH", "-----N-", start=plans.AUTUMN, changes=changes)
    assert (long.found, long.day) == (11, dt.date(2026, 10, 24))
    assert found("HEALTH", "-----N-", start=plans.SPRING, changes=changes) == []


def test_changes_are_logged_with_their_rate() -> None:
    published = (Published(staff_id="s1", date=day(0), shift_code="D"), Published(staff_id="s1", date=day(6)))
    assert found("CHANGE", "D------", published=published) == []
    assert found("CHANGE", "AAAAAAA") == []
    logged = found("CHANGE", "A-----N", published=published, changes={"CHANGE": {"rate": 300}})
    assert [(each.day, each.values["old"], each.values["new"], each.hard) for each in logged] == [
        (day(0), "D", "A", False), (day(6), "–", "N", False)
    ]  # fmt: skip
    assert logged[0].message().endswith("s1 has A in place of D on 2030-01-07: consent, or NOK 300")


def test_part_timers_who_want_more_come_first() -> None:
    pool = person("s1", position_percent=0, employment="pool")
    wants = person("s2", position_percent=50, more_hours=True)
    lines = ("D------", "-------")
    (first,) = found("FULL-TIME", *lines, staff=(pool, wants))
    assert (first.values["others"], first.day, first.hard) == ("s2", day(0), False)
    for other in (
        person("s2", position_percent=50),
        person("s2", position_percent=50, more_hours=True, forbidden_shifts=("D",)),
    ):
        assert found("FULL-TIME", *lines, staff=(pool, other)) == []
    assert found("FULL-TIME", "D------", "A------", staff=(pool, wants)) == []
    assert found("FULL-TIME", "------D", "LLLL---", staff=(pool, wants)) == []
    assert [extra_order(row) for row in (wants, pool, person("s3"))] == [0, 2, 3]


def cover_data(rules: tuple[str, ...], changes: dict[str, Any] | None = None, **fields: Any) -> RotaDataset:
    staff = (person("s1"), person("s2", competences=("degree",)))
    of = plans.data("-", "-", rules=rules, changes=changes, staff=staff)
    return RotaDataset(**{**{name: getattr(of, name) for name in of.__dataclass_fields__}, **fields})


@pytest.mark.parametrize(
    ("lines", "kept"),
    [(("A------", "A------"), True), (("A------", "-------"), False), (("-----A-", "-----D-"), False)],
)
def test_coercion(lines: tuple[str, str], kept: bool) -> None:
    where = (0,) if kept or lines[0][0] == "A" else (5,)
    decision = {"name": "v1", "shift_codes": ["A"], "first_day": day(where[0]), "last_day": day(where[0])}
    of = cover_data((), {"COERCION": {"decisions": [decision]}})
    found_here = said(of, *lines)
    assert (not found_here) is kept
    assert bool(broken(of, plans.rota(of, *lines))) is not kept
    if not kept:
        words = [each.requirement for each in found_here]
        assert words == ["COERCION.present", "COERCION.skilled"]
        assert "the decision v1 requires 2" in found_here[0].message()


def test_coercion_needs_the_degree() -> None:
    decision = {"name": "v1", "shift_codes": ["A"], "weekdays": ["monday"], "present": 1, "last_day": day(0)}
    of = cover_data((), {"COERCION": {"decisions": [decision]}})
    (breach,) = said(of, "A------", "-------")
    assert (breach.requirement, breach.found, breach.limit) == ("COERCION.skilled", 0, 1)
    assert broken(of, plans.rota(of, "A------", "-------"))
    assert not said(of, "-------", "A------")


def test_cover_that_must_be_kept_in_the_first_and_last_day() -> None:
    days = {"days": "monday|sunday", "must": True}
    of = cover_data(("COVER",), cover=(need("c1", "D", **days), need("c2", "A", days="monday")))
    assert told(said(of, "D-----D", "-------")) == []
    below = said(of, "A------", "-------")
    assert told(below) == [("COVER.below", day(0), 0, 1), ("COVER.below", day(6), 0, 1)]
    assert below[0].message() == "The cover plan: 0 on line c1 on 2030-01-07; at least 1 are required"
    assert len(broken(of, plans.rota(of, "A------"))) == 2


def test_every_text_fits_its_breach_in_both_languages() -> None:
    for own in registry().values():
        assert own.nb != own.en
        for words in own.texts.values():
            assert set(words) == {"nb", "en"}
            places = [sorted(part.split("}")[0] for part in text.split("{")[1:]) for text in words.values()]
            assert places[0] == places[1]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_breach_has_its_words(data: st.DataObject) -> None:
    of = data.draw(datasets())
    report = check(of, data.draw(rotas(of)))
    for breach in (*report.breaches, *report.remarks):
        for lang in ("nb", "en"):
            assert breach.message(lang).startswith(breach.source)
