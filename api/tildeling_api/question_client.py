"""The questions of the typed client; see :mod:`tildeling_api.client`."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Literal

import httpx
from pydantic import TypeAdapter

from tildeling.texts import Lang
from tildeling_api.media import XLSX
from tildeling_api.question_schemas import (
    AskedCheck,
    AskedComparison,
    AskedRollOut,
    AskedSubstitutes,
    CheckedHomes,
    CheckedRota,
    ComparedHomes,
    ComparedRotas,
    Proposed,
    Pseudonymised,
    RolledOut,
    SubstitutePart,
    Substitutes,
)

CHECKED: TypeAdapter[CheckedHomes | CheckedRota] = TypeAdapter(CheckedHomes | CheckedRota)
COMPARED: TypeAdapter[ComparedHomes | ComparedRotas] = TypeAdapter(ComparedHomes | ComparedRotas)


class Questions(ABC):
    """Methods of the client for what is answered at once."""

    @abstractmethod
    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """An answer that is no problem."""

    def check(self, dataset: str, plan: Proposed | None = None) -> CheckedHomes | CheckedRota:
        """What is wrong with a plan; without one, with what stands today or is published."""
        asked = AskedCheck(dataset=dataset, plan=plan)
        return CHECKED.validate_json(self._post("/v1/checks", asked.model_dump(mode="json")))

    def check_sheet(self, dataset: str, file: Path) -> CheckedRota:
        """What is wrong with a plan in the workbook that a planner edits."""
        headers = {"content-type": XLSX}
        path = f"/v1/datasets/{dataset}/sheet-checks"
        found = self._send("POST", path, content=file.read_bytes(), headers=headers)
        return CheckedRota.model_validate_json(found.content)

    def compare(self, one: str, other: str) -> ComparedHomes | ComparedRotas:
        """What differs between the plans of two jobs."""
        asked = AskedComparison(one=one, other=other)
        return COMPARED.validate_json(self._post("/v1/comparisons", asked.model_dump(mode="json")))

    def substitutes(self, rota: str, staff_id: str, date: dt.date) -> tuple[SubstitutePart, ...]:
        """Who can take a shift of the plan that a job made, the best first."""
        asked = AskedSubstitutes(rota=rota, staff_id=staff_id, date=date)
        found = self._post("/v1/substitutes", asked.model_dump(mode="json"))
        return Substitutes.model_validate_json(found).substitutes

    def roll_out(self, rota: str, start: dt.date, weeks: int, first_week: int = 1) -> RolledOut:
        """The base rota that a job made, on dates."""
        asked = AskedRollOut(rota=rota, start=start, weeks=weeks, first_week=first_week)
        return RolledOut.model_validate_json(self._post("/v1/roll-outs", asked.model_dump(mode="json")))

    def pseudonyms(self, dataset: str) -> Pseudonymised:
        """A copy of a data set with people's ids replaced; its key is seen this once."""
        return Pseudonymised.model_validate_json(self._post(f"/v1/datasets/{dataset}/pseudonyms", None))

    def template(self, kind: Literal["housing", "rota"] = "housing", lang: Lang | None = None) -> bytes:
        """The empty workbook of a kind of data sets."""
        params = {"kind": kind} | ({"lang": lang} if lang else {})
        return self._send("GET", "/v1/datasets/template", params=params).content

    def _post(self, path: str, asked: object) -> bytes:
        return self._send("POST", path, **({} if asked is None else {"json": asked})).content
