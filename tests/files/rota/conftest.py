"""A rota data set that uses every field, and ways to spoil its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.files.conftest import Folder

from tildeling.files import read_rota, write_dataset
from tildeling.rota import goals
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.goals.goal import Goal
from tildeling.rota.policy import default_policy
from tildeling.rota.rules import Params
from tildeling.rota.tables import (
    Absence,
    Agreement,
    CoverNeed,
    Planned,
    Published,
    RotaBase,
    RotaInfo,
    Shift,
    Staff,
    Wish,
    Worked,
)
from tildeling.settings import RuleSetting

MONDAY = dt.date(2030, 1, 7)


def day(number: int) -> dt.date:
    """A day of the plan, the first is 0."""
    return MONDAY + dt.timedelta(days=number)


def example_rota() -> RotaDataset:
    """Every field filled at least once and left empty at least once, texts as awkward as they come."""
    limit = {"value": 10.5, "by": {"rest_8": 8.0}}
    policy = default_policy().model_copy(
        update={"version": "åsen-1", "rules": {"REST11": RuleSetting.model_validate({"hours": limit})}}
    )
    return RotaDataset(
        info=RotaInfo(
            dataset_id="åsen-2030",
            start=MONDAY,
            weeks=2,
            published_on=day(-20),
            discussed_on=day(-25),
            notice_nb="Et utkast: «ikke» drøftet ennå; 5\u00a0%",
            notice_en='=HYPERLINK("http://example.org")\n"quoted", second; line\tend',
        ),
        policy=policy,
        bases=(RotaBase(base_id="B1", title="Åsen, «øst»"), RotaBase(base_id="B2")),
        staff=(
            Staff(
                staff_id="s1",
                position_percent=Decimal("80.125"),
                category="three_part",
                employment="temporary",
                base_ids=("B1",),
                competences=("nurse", "medication"),
                shift_codes=("D", "N"),
                forbidden_shifts=("L",),
                nights=False,
                long_consent=True,
                more_hours=True,
                weekend_every=3,
                weekend_week=2,
                team="T1",
                hourly_cost=Decimal("412.5"),
            ),
            Staff(staff_id="s2", position_percent=100),
        ),
        shifts=(
            Shift(shift_code="D", kind="day", base_id="B1", start="07:30", hours=Decimal("7.5")),
            Shift(
                shift_code="N",
                title="-natt",
                kind="sleeping_night",
                base_id="B1",
                team="T1",
                start="22:15",
                hours=Decimal("9.25"),
                break_minutes=0,
                break_is_work=True,
                passive_hours=Decimal(6),
                competences=("nurse",),
                straining=True,
                unwanted=True,
            ),
            Shift(shift_code="L", kind="long", base_id="B2", start="00:00", hours=12),
        ),
        cover=(
            CoverNeed(cover_id="weekdays", days=("monday", "friday", "holiday"), shift_codes="D|L", least=1),
            CoverNeed(
                cover_id="c2",
                date=day(3),
                shift_codes=("N",),
                competence="nurse",
                least=0,
                wanted=1,
                most=3,
                must=True,
                weight=7,
            ),
        ),
        absences=(
            Absence(staff_id="s2", first_day=day(5), last_day=day(6), kind="sick", counts=False),
            Absence(staff_id="s2", first_day=day(-400), last_day=day(-400)),
        ),
        wishes=(
            Wish(staff_id="s1", date=day(1), kind="off", shift_codes=("N",), weight=5),
            Wish(staff_id="s1", date=day(2), kind="work"),
        ),
        fixed=(
            Planned(staff_id="s1", date=day(0), shift_code="D"),
            Planned(staff_id="s2", date=day(5)),
        ),
        history=(Worked(staff_id="s1", date=day(-1), shift_code="N"), Worked(staff_id="s2", date=day(-1))),
        published=(
            Published(staff_id="s1", date=day(13), shift_code="D"),
            Published(staff_id="s2", date=day(0)),
        ),
        agreements=(
            Agreement(
                agreement_id="a1",
                level="LOC",
                permits=("rest_8",),
                staff_ids=("s1", "s2"),
                valid_from=day(-700),
                valid_to=day(700),
            ),
            Agreement(agreement_id="a2", level="ATS", permits=("rest_8",)),
        ),
    )


class RotaFolder(Folder):
    """A folder of a rota's CSV files that a test spoils cell by cell."""

    def read(self) -> Any:
        """The data set."""
        return read_rota(self.path)


@pytest.fixture(scope="session", autouse=True)
def _goals_of_the_default_policy() -> Iterator[None]:
    """Files need of a goal its name and parameters only: those the default policy names are known here."""
    named = {goal.goal for tier in default_policy().tiers for goal in tier.goals}
    stand_ins = {
        name: Goal(name, name, name, {}, Params, lambda case, params: 0, lambda *_: None) for name in named
    }
    known = {**stand_ins, **goals.registry()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(goals, "registry", lambda: known)
        yield


@pytest.fixture
def rota() -> RotaDataset:
    """A consistent data set with every field."""
    return example_rota()


@pytest.fixture
def folder(tmp_path: Path, rota: RotaDataset) -> RotaFolder:
    """The example as a folder of CSV files."""
    write_dataset(rota, tmp_path / "data")
    return RotaFolder(tmp_path / "data")
