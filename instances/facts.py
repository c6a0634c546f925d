"""The stated facts beside what the data sets hold; also writes that table into README.md.

``python instances/facts.py`` rewrites it between its markers; tests hold the figures within tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tildeling.files import read_dataset
from tildeling.housing.dataset import Dataset
from tildeling.housing.tables import (
    Applicant,
    Application,
    PresentHousing,
    Resident,
    ServiceAccess,
)

HERE = Path(__file__).parent
README = HERE / "README.md"
BEGIN, END = "<!-- facts: begin -->", "<!-- facts: end -->"
PROMISED = ("P19", "P20", "P21")
NURSING = ("dementia", "frail", "older_with")


@dataclass(frozen=True)
class Fact:
    """A figure of the source, how far the data may be from it, and in which data sets it must hold."""

    text: str
    source: float
    tolerance: float
    value: Callable[[Dataset], float]
    held_in: tuple[str, ...] = ("tromso-2030", "tromso-vacancies")
    percent: bool = False

    def holds(self, data: Dataset) -> bool:
        """Whether the data set is within tolerance (a share of the source figure)."""
        return abs(self.value(data) - self.source) <= self.tolerance * abs(self.source) + 1e-9


def people(data: Dataset) -> list[Applicant | Resident]:
    """Everyone once: applicants, and residents who did not ask to move."""
    rest = [row for row in data.residents if row.resident_id not in data.applicant]
    return [*data.applicants, *rest]


def disability(row: Applicant | Resident) -> bool:
    """Whether the target group is one of intellectual disability."""
    return row.target_group.startswith("intellectual_disability")


def on_the_list(data: Dataset) -> list[Applicant]:
    """Over 18 with an intellectual disability, waiting, neither promised a home nor placed privately."""
    elsewhere = (PresentHousing.PRIVATE_PLACEMENT, PresentHousing.OWN_HOME)
    return [
        a for a in data.applicants
        if disability(a) and a.application is Application.NEW and a.age >= 18
        and a.present_housing not in elsewhere and a.applicant_id not in data.lock
    ]  # fmt: skip


def from_own_flat(data: Dataset) -> int:
    """Over 23 with an intellectual disability who want to leave an own flat for a care home."""
    return sum(
        disability(a) and a.age > 23 and a.present_housing is PresentHousing.OWN_HOME
        and a.application is Application.NEW and a.applicant_id not in data.lock
        for a in data.applicants
    )  # fmt: skip


def private(data: Dataset, kinds: Iterable[str] = ()) -> int:
    """Private placements, of target groups that begin so."""
    return sum(
        a.present_housing is PresentHousing.PRIVATE_PLACEMENT
        and (not kinds or a.target_group.startswith(tuple(kinds)))
        for a in data.applicants
    )


def promised(data: Dataset) -> int:
    """People who have, or have been promised, a home in the three finished projects."""
    homes = {lock.unit_id for lock in data.locks} | {row.unit_id for row in data.residents}
    return sum(unit.startswith(PROMISED) for unit in homes)


def home_service_hours(data: Dataset, low: int = 0, high: int = 200) -> list[float]:
    """Care hours of applicants whose need is below a staffed home, by age."""
    return [
        float(a.care_hours) for a in data.applicants
        if a.service_need.step < ServiceAccess.WITH_BASE.step and low <= a.age < high
    ]  # fmt: skip


def high_need(data: Dataset) -> list[tuple[float, bool]]:
    """(care hours, intellectual disability) of everyone aged 23-66 in need of a staffed home."""
    steps = (ServiceAccess.WITH_BASE, ServiceAccess.REINFORCED_BASE)
    return [
        (float(row.care_hours), disability(row)) for row in people(data)
        if row.service_need in steps and 23 <= row.age <= 66
    ]  # fmt: skip


def mean(values: list[float]) -> float:
    """The mean."""
    return sum(values) / max(1, len(values))


def top_tenth(values: list[float]) -> float:
    """Share of the sum that the tenth with most takes."""
    most = sorted(values, reverse=True)[: round(len(values) / 10)]
    return sum(most) / sum(values)


def health_education(data: Dataset) -> float:
    """Share of all care hours that needs a named competence."""
    rows = people(data)
    return float(sum(sum(r.competence_hours.values()) for r in rows)) / float(sum(r.care_hours for r in rows))


def units_in_budget(data: Dataset) -> int:
    """Units on sites that stand in the adopted budget, of the 21 projects."""
    return sum(
        bool(data.site[data.group_of_unit(u.unit_id).site_id].in_budget) and u.unit_id.startswith("P")
        for u in data.units
    )


ONLY = ("tromso-2030",)
FACTS = (
    Fact("Housing projects to 2030", 21, 0, lambda d: len({u.unit_id[:3] for u in d.units}), ONLY),
    Fact("Units by the rows of the overview", 521, 0, lambda d: len(d.units), ONLY),
    Fact("of these in the budget", 250, 0, units_in_budget, ONLY),
    Fact("People who move into Ryavegen, Øvre Kroken and Nordlyset", 26, 0, promised),
    Fact("Over 18 with an intellectual disability who wait after them", 22, 0, lambda d: len(on_the_list(d))),
    Fact("of these over 20", 16, 0, lambda d: sum(a.age > 20 for a in on_the_list(d))),
    Fact("of these over 23", 9, 0, lambda d: sum(a.age > 23 for a in on_the_list(d))),
    Fact("Over 23 who ask to move from an own flat to a care home", 5, 0, from_own_flat),
    Fact("Private placements", 22, 0, private),
    Fact("of these nursing", 6, 0, lambda d: private(d, NURSING)),
    Fact("of these habilitation", 10, 0, lambda d: private(d, ("intellectual",))),
    Fact(
        "of these welfare", 6, 0, lambda d: private(d) - private(d, NURSING) - private(d, ("intellectual",))
    ),
    Fact("Discharge-ready in hospital (derived: about 50 million NOK a year)", 25, 0.1,
         lambda d: sum(a.discharge_ready_on is not None for a in d.applicants), ONLY),
    Fact("Home-service hours a week, mean", 14.3, 0.03, lambda d: mean(home_service_hours(d)), ONLY),
    Fact("the same, under 67", 21.9, 0.03, lambda d: mean(home_service_hours(d, 0, 67)), ONLY),
    Fact("the same, from 67", 4.5, 0.03, lambda d: mean(home_service_hours(d, 67)), ONLY),
    Fact("Share with over 35.5 h/week", 0.102, 0.05,
         lambda d: mean([float(h > 35.5) for h in home_service_hours(d)]), ONLY, percent=True),
    Fact("Share of hours the top tenth takes", 0.70, 0.03, lambda d: top_tenth(home_service_hours(d)), ONLY,
         percent=True),
    Fact("Hours a week of adults 23-66 with high need", 112.5, 0.02,
         lambda d: mean([h for h, _ in high_need(d)]), ONLY),
    Fact("Share of these hours to people with an intellectual disability", 0.60, 0.03,
         lambda d: sum(h for h, own in high_need(d) if own) / sum(h for h, _ in high_need(d)), ONLY,
         percent=True),
    Fact("Care hours that need health education", 0.712, 0.02, health_education, percent=True),
)  # fmt: skip


def fact_table() -> str:
    """The facts as a Markdown table."""
    sets = {name: read_dataset(HERE / name) for name in ("tromso-2030", "tromso-vacancies")}
    lines = ["| fact | source | tromso-2030 | tromso-vacancies |", "|---|---:|---:|---:|"]
    for fact in FACTS:
        cells = [shown(fact, fact.source)]
        cells += [
            shown(fact, fact.value(data)) if name in fact.held_in else "" for name, data in sets.items()
        ]
        lines.append(f"| {fact.text} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def shown(fact: Fact, value: float) -> str:
    """A figure as the table shows it."""
    if fact.percent:
        return f"{100 * value:.1f} %"
    return f"{value:.0f}" if fact.tolerance == 0 or value == int(value) else f"{value:.1f}"


def with_facts(readme: str) -> str:
    """The README with its table of facts renewed."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{fact_table()}\n\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_facts(README.read_text(encoding="utf-8")), encoding="utf-8")
