"""Who asks: what it keeps, and jobs that are done without an engine."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tildeling.files import write_dataset
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import bases_text, placements_text
from tildeling.housing.solution import Solution
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.sheet.table import rota_text
from tildeling.rota.solution import Rota
from tildeling_api.jobs.attempts import Attempts
from tildeling_api.jobs.states import State

JSON = {"content-type": "application/json"}
NOBODY = "0" * 32
NB = {"accept-language": "nb-NO"}


def pattern(data: RotaDataset, shift: int = 0) -> Rota:
    """A rota made by hand: shifts in turn, lawful or not."""
    codes = [each.shift_code for each in data.shifts]
    work: dict[str, dict[dt.date, str]] = {person.staff_id: {} for person in data.staff}
    for number, day in enumerate(data.days):
        for extra in (0, 3):
            who = data.staff[(number + shift + extra) % len(data.staff)].staff_id
            work[who][day] = codes[(number + extra) % len(codes)]
    return Rota(work)


@dataclass
class Office:
    """A client, and the jobs and data sets it has."""

    client: Any
    attempts: Attempts

    def keep(self, data: Dataset | RotaDataset, tmp_path: Path) -> str:
        path = tmp_path / f"{data.info.dataset_id}.json"
        write_dataset(data, path, force=True)
        sent = self.client.post("/v1/datasets", content=path.read_bytes(), headers=JSON)
        return str(sent.json()["id"])

    def done(self, path: str, files: dict[str, str], **asked: Any) -> str:
        """A job that found a plan, without an engine."""
        job = self.client.post(path, json=asked).json()
        assert self.attempts.begin(job["id"], job["attempt"]) is not None
        packed = {name: content.encode() for name, content in files.items()}
        assert self.attempts.end(job["id"], job["attempt"], State.DONE, packed, "optimal")
        return str(job["id"])

    def allocated(self, dataset: str, data: Dataset, solution: Solution) -> str:
        files = {"placements.csv": placements_text(data, solution), "bases.csv": bases_text(solution)}
        return self.done("/v1/allocations", files | {"answer.json": "{}"}, dataset=dataset)

    def planned(self, dataset: str, data: RotaDataset, rota: Rota) -> str:
        return self.done("/v1/rotas", {"rota.csv": rota_text(data, rota, {})}, dataset=dataset)


def plain(answer: Any) -> Any:
    """What JSON makes of it."""
    return json.loads(json.dumps(answer))


def rows(solution: Solution) -> list[dict[str, str]]:
    return [{"applicant_id": who, "unit_id": unit} for who, unit in sorted(solution.placements.items())]


def base_rows(solution: Solution) -> list[dict[str, str]]:
    return [{"group_id": group, "base_id": base} for group, base in sorted(solution.bases.items())]


def shift_rows(rota: Rota) -> list[dict[str, str]]:
    return [
        {"staff_id": who, "date": day.isoformat(), "shift_code": code}
        for who, days in rota.work.items()
        for day, code in days.items()
    ]
