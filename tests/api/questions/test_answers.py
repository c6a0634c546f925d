"""Comparisons, substitutes, base rotas on dates, templates, pseudonyms: each answer is the library's own."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi import FastAPI
from tests.api.questions.office import NB, Office, pattern, plain, shift_rows
from tests.api.test_client import http

from tildeling.files import read_any
from tildeling.housing.compare import compare
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal
from tildeling.housing.solution import Solution
from tildeling.rota.case import DAY, Case
from tildeling.rota.check import check as check_rota
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.marks import red_days
from tildeling.rota.repairing import changes
from tildeling.rota.rollout import roll_out
from tildeling.rota.sheet.table import rota_text
from tildeling.rota.substitutes import substitutes
from tildeling_api.client import Client
from tildeling_api.media import XLSX
from tildeling_api.question_schemas import CheckedHomes, CheckedRota, ComparedHomes, ComparedRotas, Proposed
from tildeling_api.schemas import allocation as answer_of

Problem = Callable[..., dict[str, Any]]


# --- comparisons ---------------------------------------------------------------------------------------


def test_two_allocations_are_compared(
    office: Office, kept: str, homes: Dataset, proposal: Proposal, worse: Solution
) -> None:
    one, other = (office.allocated(kept, homes, each) for each in (proposal.solution, worse))
    answer = office.client.post("/v1/comparisons", json={"one": one, "other": other})
    assert answer.json() == plain(compare(homes, proposal.solution, worse).as_dict())
    assert answer.json()["applicants"]
    same = office.client.post("/v1/comparisons", json={"one": one, "other": one}).json()
    assert same["applicants"] == same["bases"] == []


def test_two_rotas_are_compared(office: Office, kept_rota: str, dated: RotaDataset) -> None:
    before, after = pattern(dated), pattern(dated, 1)
    one = office.planned(kept_rota, dated, before)
    repaired = {"rota.csv": rota_text(dated, after, {})}
    other = office.done("/v1/repairs", repaired, rota=one)
    answer = office.client.post("/v1/comparisons", json={"one": one, "other": other}).json()
    reports = check_rota(dated, before), check_rota(dated, after)
    assert answer["tiers"] == [
        {"name": a.name, "one": a.value, "other": b.value}
        for a, b in zip(reports[0].tiers, reports[1].tiers, strict=True)
    ]
    assert answer["breaches"] == {"one": len(reports[0].breaches), "other": len(reports[1].breaches)}
    assert answer["changes"] == [
        {"staff_id": c.staff_id, "day": c.day.isoformat(), "before": c.before, "after": c.after}
        for c in changes(dated, before, after)
    ]
    assert answer["changes"]


# --- substitutes, base rotas on dates ------------------------------------------------------------------


def test_substitutes_are_ranked(office: Office, kept_rota: str, dated: RotaDataset, problem: Problem) -> None:
    rota = pattern(dated)
    job = office.planned(kept_rota, dated, rota)
    day = dated.days[9]
    who = next(name for name, days in rota.work.items() if day in days)
    asked = {"rota": job, "staff_id": who, "date": day.isoformat()}
    for lang, headers in (("en", {}), ("nb", NB)):
        answer = office.client.post("/v1/substitutes", json=asked, headers=headers).json()
        found = substitutes(dated, rota, who, day)
        assert answer["substitutes"] == plain([each.as_json(lang) for each in found])  # type: ignore[arg-type]
    assert len(found) >= len(dated.staff) - 2
    said = problem(office.client.post("/v1/substitutes", json=asked | {"staff_id": "x"}), 400, "usage")
    assert said["detail"] == "staff_id: must be in the staff of live-in-8"
    off = next(day for day in dated.days if day not in rota.work[who])
    for other in (off.isoformat(), "2020-01-01"):
        said = problem(office.client.post("/v1/substitutes", json=asked | {"date": other}), 400, "usage")
        assert said["detail"] == "date: must be a day on which staff_id has a shift"
    problem(office.client.post("/v1/substitutes", json=asked | {"date": "x"}), 422, "parameters")


def test_a_base_rota_is_rolled_out(
    office: Office, cycle: RotaDataset, tmp_path: Path, problem: Problem
) -> None:
    base = pattern(cycle)
    job = office.planned(office.keep(cycle, tmp_path), cycle, base)
    start = dt.date(2027, 3, 1)
    asked = {"rota": job, "start": start.isoformat(), "weeks": 12, "first_week": 2}
    answer = office.client.post("/v1/roll-outs", json=asked, headers=NB)
    assert answer.status_code == 200
    found = answer.json()
    data, rota = roll_out(cycle, base, start, 12, 2)
    assert {(row["staff_id"], row["date"], row["shift_code"]) for row in found["shifts"]} == {
        (row["staff_id"], row["date"], row["shift_code"]) for row in shift_rows(rota)
    }
    red = red_days(Case(cycle, base), start, 12, 2)
    assert found["red_days"] == [
        {
            "staff_id": who,
            "red": days.red,
            "off": days.off,
            "f3": days.f3,
            "f5": [day.isoformat() for day in days.f5],
        }
        for who, days in red.items()
    ]
    assert any(row["f5"] for row in found["red_days"])
    report = check_rota(data, rota).as_json("nb")
    assert {key: found[key] for key in report} == plain(report)
    for more in (
        {"start": "2027-03-02"},
        {"start": "9999-12-27"},
        {"weeks": 0},
        {"weeks": 54},
        {"first_week": 0},
    ):
        problem(office.client.post("/v1/roll-outs", json=asked | more), 422, "parameters")
    said = problem(office.client.post("/v1/roll-outs", json=asked | {"first_week": 7}), 400, "usage")
    assert said["detail"] == "first_week: must be from 1 to 6"


def test_only_a_base_rota_is_rolled_out(
    office: Office, kept_rota: str, dated: RotaDataset, problem: Problem
) -> None:
    job = office.planned(kept_rota, dated, pattern(dated))
    asked = {"rota": job, "start": "2027-03-01", "weeks": 1}
    problem(office.client.post("/v1/roll-outs", json=asked), 422, "unfit")


# --- templates and pseudonyms --------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "sheet"), [("housing", "applicants"), ("rota", "staff")])
def test_a_template_is_the_empty_workbook(client: Any, kind: str, sheet: str) -> None:
    answer = client.get("/v1/datasets/template", params={"kind": kind})
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["content-disposition"] == f'attachment; filename="{kind}.xlsx"'
    names = openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames
    assert sheet in names
    norwegian = client.get("/v1/datasets/template", params={"kind": kind, "lang": "nb"})
    by_header = client.get("/v1/datasets/template", params={"kind": kind}, headers=NB)
    for each in (norwegian, by_header):
        assert sheet not in openpyxl.load_workbook(io.BytesIO(each.content)).sheetnames


@pytest.mark.parametrize("params", [{"kind": "x"}, {"lang": "fr"}])
def test_there_is_no_other_template(client: Any, problem: Problem, params: dict[str, str]) -> None:
    problem(client.get("/v1/datasets/template", params=params), 422, "parameters")


def test_pseudonyms_make_a_data_set_of_their_own(
    office: Office, kept: str, homes: Dataset, tmp_path: Path
) -> None:
    answer = office.client.post(f"/v1/datasets/{kept}/pseudonyms")
    assert answer.status_code == 201
    found = answer.json()
    key = {
        row["identity"]: row["pseudonym"] for row in csv.DictReader(io.StringIO(found["key"]), delimiter=";")
    }
    assert found["people"] == len(key)
    assert {each.applicant_id for each in homes.applicants} <= set(key)
    copy = found["dataset"]
    assert copy["id"] != kept
    assert copy["counts"] == office.client.get(f"/v1/datasets/{kept}").json()["counts"]
    content = office.client.get(f"/v1/datasets/{copy['id']}/content").content
    (tmp_path / "copy.json").write_bytes(content)
    data = read_any(tmp_path / "copy.json")
    assert isinstance(data, Dataset)
    assert [each.applicant_id for each in data.applicants] == [key[a.applicant_id] for a in homes.applicants]
    again = office.client.post(f"/v1/datasets/{kept}/pseudonyms").json()
    assert again["dataset"]["id"] != copy["id"]


# --- the typed client ----------------------------------------------------------------------------------


def test_the_client_has_them_typed(
    office: Office, app: FastAPI, kept: str, homes: Dataset, proposal: Proposal, kept_rota: str,
    dated: RotaDataset, cycle: RotaDataset, sheet: Path, tmp_path: Path,
) -> None:  # fmt: skip
    client = Client(token=office.client.token, http=http(app))
    allocation = office.allocated(kept, homes, proposal.solution)
    rota = office.planned(kept_rota, dated, pattern(dated))
    base = office.planned(office.keep(cycle, tmp_path), cycle, pattern(cycle))
    assert isinstance(client.check(kept), CheckedHomes)
    assert client.check(kept, Proposed(job=allocation)).ok
    made = answer_of(proposal, "en")
    assert client.check(kept, Proposed(placements=made.placements, bases=made.bases)).ok
    assert isinstance(client.check(kept_rota, Proposed(job=rota)), CheckedRota)
    assert client.check(kept_rota, Proposed(job=rota)) == client.check_sheet(kept_rota, sheet)
    assert isinstance(client.compare(allocation, allocation), ComparedHomes)
    assert isinstance(client.compare(rota, rota), ComparedRotas)
    who, days = next(iter(pattern(dated).work.items()))
    assert client.substitutes(rota, who, next(iter(days)))[0].staff_id in dated.person
    found = client.roll_out(base, dt.date(2027, 3, 1), 2)
    assert {shift.date for shift in found.shifts} <= {dt.date(2027, 3, 1) + n * DAY for n in range(14)}
    assert client.template("rota", "nb").startswith(b"PK")
    assert client.pseudonyms(kept).dataset in list(client.kept())
