"""Checks of plans made by anyone: what the library's checker finds, and every fault of what was sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.api.questions.office import JSON, NB, NOBODY, Office, base_rows, pattern, plain, rows, shift_rows

from tildeling import check
from tildeling.commands.housing import check as check_command
from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal
from tildeling.housing.solution import Solution
from tildeling.housing.today import standing_solution
from tildeling.rota.check import check as check_rota
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.reading import published_plan
from tildeling.rota.solution import Rota
from tildeling.texts import Lang
from tildeling_api.media import XLSX

Problem = Callable[..., dict[str, Any]]


# --- checks of homes -----------------------------------------------------------------------------------


def test_what_stands_today_is_checked_as_the_command_does(
    office: Office, kept: str, homes: Dataset, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    langs: tuple[tuple[Lang, dict[str, str]], ...] = (("en", {}), ("nb", NB))
    for lang, headers in langs:
        answer = office.client.post("/v1/checks", json={"dataset": kept}, headers=headers)
        assert answer.status_code == 200
        assert answer.json() == plain(check(homes, standing_solution(homes)).as_json(lang))
        check_command(small, None, lang, True)
        assert answer.json() == json.loads(capsys.readouterr().out)


def test_a_job_s_allocation_is_checked(
    office: Office, kept: str, homes: Dataset, proposal: Proposal, worse: Solution
) -> None:
    for solution in (proposal.solution, worse):
        job = office.allocated(kept, homes, solution)
        answer = office.client.post("/v1/checks", json={"dataset": kept, "plan": {"job": job}}).json()
        assert answer == plain(check(homes, solution).as_json("en"))
    assert not answer["ok"]
    assert answer["breaches"]


def test_an_allocation_of_anyone_s_is_checked(
    office: Office, kept: str, homes: Dataset, proposal: Proposal, worse: Solution
) -> None:
    for solution in (proposal.solution, worse):
        plan = {"placements": rows(solution), "bases": base_rows(solution)}
        answer = office.client.post("/v1/checks", json={"dataset": kept, "plan": plan})
        assert answer.json() == plain(check(homes, solution).as_json("en"))
    based = [
        row | {"base_id": worse.bases[homes.unit[row["unit_id"]].group_id]} for row in rows(proposal.solution)
    ]
    answer = office.client.post("/v1/checks", json={"dataset": kept, "plan": {"placements": based}})
    assert answer.json()["tiers"] == plain(proposal.report.as_json())["tiers"]
    nobody = office.client.post("/v1/checks", json={"dataset": kept, "plan": {"placements": []}}).json()
    assert nobody == plain(check(homes, Solution({}, {})).as_json("en"))


def test_rows_that_mean_nothing_are_faults_by_row(
    office: Office, kept: str, proposal: Proposal, problem: Problem
) -> None:
    placements = [
        *rows(proposal.solution),
        rows(proposal.solution)[0],
        {"applicant_id": "x;\ny", "unit_id": ""},
    ]
    bases = [{"group_id": "none", "base_id": "none"}]
    asked = {"dataset": kept, "plan": {"placements": placements, "bases": bases}}
    for headers, word in (({}, "row"), (NB, "rad")):
        said = problem(office.client.post("/v1/checks", json=asked, headers=headers), 422, "faults")
        paths = [fault["path"] for fault in said["faults"]]
        count = len(placements)
        assert paths[:3] == [
            f"plan.placements {word} {count - 1} 'applicant_id'",
            f"plan.placements {word} {count} 'applicant_id'",
            f"plan.placements {word} {count} 'unit_id'",
        ]
        assert "plan.bases 'group_id'" in paths
        assert "/tmp" not in json.dumps(said)


def test_a_plan_is_checked_against_other_data(
    office: Office, kept: str, homes: Dataset, proposal: Proposal, document: dict[str, Any], problem: Problem
) -> None:
    job = office.allocated(kept, homes, proposal.solution)
    gone = sorted(proposal.solution.placements)[0]
    document["applicants"] = [row for row in document["applicants"] if row["applicant_id"] != gone]
    document["relations"] = [row for row in document.get("relations", ()) if gone not in row.values()]
    sent = office.client.post("/v1/datasets", json=document)
    assert sent.status_code == 201, sent.json()
    asked = {"dataset": sent.json()["id"], "plan": {"job": job}}
    said = problem(office.client.post("/v1/checks", json=asked), 422, "faults")
    assert [(fault["path"], fault["value"]) for fault in said["faults"]] == [
        ("plan.job.placements row 2 'applicant_id'", gone)
    ]


ABOUT = '{"dataset": "' + NOBODY + '"'


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("", "body"),
        ("{", "body"),
        ("[]", "body"),
        ("{}", "body dataset"),
        ('{"dataset": "x"}', "body dataset"),
        (ABOUT + ', "more": 1}', "body more"),
        (ABOUT + ', "plan": {}}', "body plan"),
        (ABOUT + ', "plan": {"shifts": [{"staff_id": "\\ud800"}]}}', "body"),
        (ABOUT + ', "plan": {"shifts": [{"staff_id": "' + 81 * "a" + '"}]}}', "body plan shifts 0 staff_id"),
        (ABOUT + ', "plan": {"shifts": [], "placements": []}}', "body plan"),
        (ABOUT + ', "plan": {"shifts": [], "bases": [{"group_id": "a", "base_id": "b"}]}}', "body plan"),
        (ABOUT + ', "plan": {"shifts": [{"staff_id": "", "date": "", "shift_code": ""}]}}', "body plan shifts 0 date"),
    ],
)  # fmt: skip
def test_what_is_no_check_is_said_so(office: Office, problem: Problem, body: str, path: str) -> None:
    said = problem(office.client.post("/v1/checks", content=body, headers=JSON), 422, "parameters")
    assert said["faults"][0]["path"] == path
    problem(
        office.client.post("/v1/checks", content=body, headers={"content-type": "text/plain"}), 415, "http"
    )


# --- checks of rotas -----------------------------------------------------------------------------------


def test_a_rota_is_checked_whoever_made_it(office: Office, kept_rota: str, dated: RotaDataset) -> None:
    rota = pattern(dated)
    assert check_rota(dated, rota).breaches
    job = office.planned(kept_rota, dated, rota)
    for plan, found in (
        (None, published_plan(dated)),
        ({"job": job}, rota),
        ({"shifts": shift_rows(rota)}, rota),
        ({"shifts": []}, Rota({})),
    ):
        for lang, headers in (("en", {}), ("nb", NB)):
            asked: dict[str, Any] = {"dataset": kept_rota, "plan": plan}
            answer = office.client.post("/v1/checks", json=asked, headers=headers).json()
            assert answer == plain(check_rota(dated, found).as_json(lang))  # type: ignore[arg-type]


def test_shifts_that_mean_nothing_are_faults_by_row(
    office: Office, kept_rota: str, dated: RotaDataset, problem: Problem
) -> None:
    shifts = shift_rows(pattern(dated))
    shifts += [shifts[0], {"staff_id": "x", "date": "2020-01-01", "shift_code": "Q"}]
    asked = {"dataset": kept_rota, "plan": {"shifts": shifts}}
    said = problem(office.client.post("/v1/checks", json=asked), 422, "faults")
    assert {fault["path"] for fault in said["faults"]} == {
        f"plan.shifts row {len(shifts) - 1} 'date'",
        *(f"plan.shifts row {len(shifts)} '{column}'" for column in ("staff_id", "date", "shift_code")),
    }


def test_a_planner_s_sheet_is_checked(
    office: Office, kept_rota: str, dated: RotaDataset, sheet: Path, problem: Problem
) -> None:
    address, headers = f"/v1/datasets/{kept_rota}/sheet-checks", {"content-type": XLSX} | NB
    answer = office.client.post(address, content=sheet.read_bytes(), headers=headers)
    assert answer.status_code == 200
    assert answer.json() == plain(check_rota(dated, pattern(dated)).as_json("nb"))

    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    line = next(cell.row for cell in page["A"] if cell.value == "m02")
    place = next(cell for cell in page[line][3:] if cell.value == "M")
    place.value = "Q"
    book.save(sheet)
    said = problem(office.client.post(address, content=sheet.read_bytes(), headers=headers), 422, "faults")
    (fault,) = said["faults"]
    assert fault["path"] == f"sheet.xlsx '{page.title}!{place.coordinate}'"
    assert fault["value"] == "Q"
    place.value = None
    book.save(sheet)
    found = office.client.post(address, content=sheet.read_bytes(), headers=headers).json()
    assert found["tiers"] != answer.json()["tiers"]


def test_what_is_no_sheet_is_said_so(office: Office, kept_rota: str, kept: str, problem: Problem) -> None:
    address, headers = f"/v1/datasets/{kept_rota}/sheet-checks", {"content-type": XLSX}
    problem(office.client.post(address, content=b"PK", headers=headers), 422, "faults")
    problem(office.client.post(address, content=b"{}", headers=JSON), 415, "http")
    other = office.client.post(f"/v1/datasets/{kept}/sheet-checks", content=b"PK", headers=headers)
    assert problem(other, 422, "unfit")["detail"] == "dataset: must be of kind rota, is housing"
