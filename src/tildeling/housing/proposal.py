"""A proposal: data, decisions, the checker's report, and the run's document; as folder and back."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tildeling.document import ResultDocument
from tildeling.errors import DataError, Fault
from tildeling.housing.case import Case
from tildeling.housing.check import Report, check
from tildeling.housing.dataset import Dataset
from tildeling.housing.flags import Flag, flags
from tildeling.housing.solution import Solution

PLACEMENT_COLUMNS = ("applicant_id", "unit_id", "group_id", "community_id", "site_id", "base_id")


@dataclass(frozen=True)
class Proposal:
    """What the office reads, signs or overrides.  The engine proposes; a named person decides."""

    data: Dataset
    solution: Solution
    report: Report
    document: ResultDocument

    @cached_property
    def case(self) -> Case:
        """Who lives where, today and after."""
        return Case(self.data, self.solution)

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """What the office must see to before an offer."""
        return tuple(flags(self.case))


def placements_text(data: Dataset, solution: Solution) -> str:
    """``placements.csv``: one row per placement, semicolons, LF."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    writer.writerow(PLACEMENT_COLUMNS)
    for applicant, unit in sorted(solution.placements.items()):
        group = data.group_of_unit(unit)
        writer.writerow(
            (
                applicant, unit, group.group_id, group.community_id or "", group.site_id,
                solution.bases.get(group.group_id, ""),
            )
        )  # fmt: skip
    return buffer.getvalue()


def bases_text(solution: Solution) -> str:
    """``bases.csv``: the base of every group somebody lives in, residents of today included."""
    rows = "".join(f"{group};{base}\n" for group, base in sorted(solution.bases.items()))
    return f"group_id;base_id\n{rows}"


def read_solution(folder: Path, data: Dataset) -> Solution:
    """Read ``placements.csv`` and, where it is there, ``bases.csv``.

    Raises
    ------
    DataError
        With every fault of both files: missing columns, unknown ids, an applicant or group twice.
    """
    faults: list[Fault] = []
    path = folder / "placements.csv"
    rows = _rows(path, ("applicant_id", "unit_id"), faults)
    placements: dict[str, str] = {}
    bases: dict[str, str] = {}
    for line, row in enumerate(rows, start=2):
        for column, known in (("applicant_id", data.applicant), ("unit_id", data.unit)):
            if row[column] not in known:
                target = column.removesuffix("_id")
                faults.append(
                    Fault("unknown_reference", file=str(path), line=line, column=column, value=row[column],
                          params={"target": target})
                )  # fmt: skip
        if row["applicant_id"] in placements:
            faults.append(
                Fault(
                    "placed_twice",
                    file=str(path),
                    line=line,
                    column="applicant_id",
                    value=row["applicant_id"],
                )
            )
        placements[row["applicant_id"]] = row["unit_id"]
        base = row.get("base_id")
        if base and row["unit_id"] in data.unit:
            group = data.unit[row["unit_id"]].group_id
            if bases.setdefault(group, base) != base:
                faults.append(
                    Fault(
                        "two_bases",
                        file=str(path),
                        line=line,
                        column="base_id",
                        value=base,
                        params={"group": group},
                    )
                )
    more = folder / "bases.csv"
    if more.exists():
        for line, row in enumerate(_rows(more, ("group_id", "base_id"), faults), start=2):
            if bases.setdefault(row["group_id"], row["base_id"]) != row["base_id"]:
                params = {"group": row["group_id"]}
                faults.append(
                    Fault(
                        "two_bases",
                        file=str(more),
                        line=line,
                        column="base_id",
                        value=row["base_id"],
                        params=params,
                    )
                )
    for group, base in bases.items():
        if group not in data.group:
            faults.append(
                Fault(
                    "unknown_reference",
                    file=str(more),
                    column="group_id",
                    value=group,
                    params={"target": "group"},
                )
            )
        if base not in data.base:
            faults.append(
                Fault(
                    "unknown_reference",
                    file=str(path),
                    column="base_id",
                    value=base,
                    params={"target": "base"},
                )
            )
    if faults:
        raise DataError(faults)
    return Solution(placements, bases)


def _rows(path: Path, needed: tuple[str, ...], faults: list[Fault]) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        faults.append(Fault("unreadable", file=str(path), params={"why": str(error)}))
        return []
    delimiter = ";" if ";" in text.split("\n", 1)[0] else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    missing = [column for column in needed if column not in (reader.fieldnames or ())]
    faults.extend(
        Fault("missing_column", file=str(path), column=column, params={"title": column}) for column in missing
    )
    return (
        []
        if missing
        else [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]
    )


def read_proposal(data: Dataset, folder: Path) -> Proposal:
    """Read a proposal back from the folder ``allocate`` wrote, and check it anew."""
    solution = read_solution(folder, data)
    try:
        document = ResultDocument.read(folder / "result.json")
    except (OSError, ValueError) as error:
        raise DataError(
            [Fault("unreadable", file=str(folder / "result.json"), params={"why": str(error)})]
        ) from error
    return Proposal(data, solution, check(data, solution), document)
