"""Questions about what is not there, is another's or does not fit; and the line that each question leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import func, select
from tests.api.questions.office import NOBODY, Office, pattern

from tildeling.housing.dataset import Dataset
from tildeling.housing.proposal import Proposal
from tildeling.rota.dataset import RotaDataset
from tildeling_api.access.roles import Role
from tildeling_api.media import XLSX
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Dataset as KeptDataset
from tildeling_api.store.tables import Event, Job, JobFile

Problem = Callable[..., dict[str, Any]]


# --- what is not there, or does not fit ----------------------------------------------------------------


def questions(dataset: str, job: str) -> list[tuple[str, dict[str, Any]]]:
    """Every question about a data set and a job."""
    return [
        ("/v1/checks", {"json": {"dataset": dataset, "plan": {"job": job}}}),
        ("/v1/comparisons", {"json": {"one": job, "other": job}}),
        ("/v1/substitutes", {"json": {"rota": job, "staff_id": "m01", "date": "2027-01-04"}}),
        ("/v1/roll-outs", {"json": {"rota": job, "start": "2027-03-01", "weeks": 1}}),
        (f"/v1/datasets/{dataset}/pseudonyms", {}),
        (f"/v1/datasets/{dataset}/sheet-checks", {"content": b"PK", "headers": {"content-type": XLSX}}),
    ]


def lines(database: Database) -> list[Event]:
    with database.reading() as session:
        return list(session.scalars(select(Event).order_by(Event.number)).all())


def sizes(database: Database) -> list[int | None]:
    with database.reading() as session:
        return [
            session.scalar(select(func.count()).select_from(each)) for each in (KeptDataset, Job, JobFile)
        ]


def test_what_is_another_tenant_s_is_not_there(
    office: Office, app: FastAPI, client_of: Any, token_of: Any, kept_rota: str, dated: RotaDataset,
    database: Database, problem: Problem,
) -> None:  # fmt: skip
    job = office.planned(kept_rota, dated, pattern(dated))
    other = client_of(app, token_of(Role.RESEARCHER, tenant="nabo"))
    before = lines(database)[-1].number, sizes(database)
    for path, options in questions(kept_rota, job) + questions(NOBODY, NOBODY):
        problem(other.post(path, **options), 404, "missing")
    assert (lines(database)[-1].number, sizes(database)) == before


def test_a_role_asks_about_its_own_kind(
    office: Office, app: FastAPI, client_of: Any, token_of: Any, kept_rota: str, dated: RotaDataset,
    problem: Problem,
) -> None:  # fmt: skip
    job = office.planned(kept_rota, dated, pattern(dated))
    caseworker = client_of(app, token_of(Role.CASEWORKER))
    for path, options in questions(kept_rota, job):
        forbidden = path.endswith(("substitutes", "roll-outs", "sheet-checks"))
        answer = caseworker.post(path, **options)
        problem(answer, *((403, "forbidden") if forbidden else (404, "missing")))


def test_what_is_named_must_fit(
    office: Office, kept: str, homes: Dataset, proposal: Proposal, kept_rota: str, dated: RotaDataset,
    cycle: RotaDataset, tmp_path: Path, database: Database, problem: Problem,
) -> None:  # fmt: skip
    allocation = office.allocated(kept, homes, proposal.solution)
    rota = office.planned(kept_rota, dated, pattern(dated))
    elsewhere = office.planned(office.keep(cycle, tmp_path), cycle, pattern(cycle))
    queued = office.client.post("/v1/allocations", json={"dataset": kept}).json()["id"]
    conflict = office.client.post("/v1/conflicts", json={"dataset": kept_rota}).json()["id"]
    before = lines(database)[-1].number, sizes(database)
    shift = {"staff_id": "m01", "date": "2027-01-04"}
    for path, asked, words in (
        ("checks", {"dataset": kept, "plan": {"job": rota}}, "plan.job: must be a job of kind allocation, is rota"),
        ("checks", {"dataset": kept_rota, "plan": {"job": allocation}}, "plan.job: must be a job of kind rota or "),
        ("checks", {"dataset": kept, "plan": {"job": queued}}, "plan.job: must be a job that found a plan; it is"),
        ("comparisons", {"one": allocation, "other": rota}, "one and other: must be of the same data set"),
        ("comparisons", {"one": rota, "other": elsewhere}, "one and other: must be of the same data set"),
        ("comparisons", {"one": allocation, "other": queued}, "other: must be a job that found a plan; it is queued"),
        ("comparisons", {"one": conflict, "other": rota}, "one: must be a job of kind allocation or rota or "),
        ("substitutes", {"rota": allocation, **shift}, "rota: must be a job of kind rota or repair, is allocation"),
        ("roll-outs", {"rota": allocation, "start": "2027-03-01", "weeks": 1}, "rota: must be a job of kind rota"),
    ):  # fmt: skip
        said = problem(office.client.post(f"/v1/{path}", json=asked), 422, "unfit")
        assert said["detail"].startswith(words)
    assert (lines(database)[-1].number, sizes(database)) == before
    for asked, words in (
        ({"dataset": kept, "plan": {"shifts": []}}, "plan.shifts: must go with a data set of kind rota, is housing"),
        ({"dataset": kept_rota, "plan": {"placements": []}}, "plan.placements: must go with a data set of kind"),
    ):  # fmt: skip
        said = problem(office.client.post("/v1/checks", json=asked), 422, "unfit")
        assert said["detail"].startswith(words)
    assert office.client.delete(f"/v1/datasets/{kept}").status_code == 204
    for asked in ({"dataset": kept}, {"dataset": kept, "plan": {"job": allocation}}):
        said = problem(office.client.post("/v1/checks", json=asked), 422, "unfit")
        assert said["detail"] == "dataset: must not be purged"


def test_each_question_leaves_one_line_without_data(
    office: Office, kept_rota: str, dated: RotaDataset, cycle: RotaDataset, sheet: Path, tmp_path: Path,
    database: Database,
) -> None:  # fmt: skip
    job = office.planned(kept_rota, dated, pattern(dated))
    base = office.planned(office.keep(cycle, tmp_path), cycle, pattern(cycle))
    asked = questions(kept_rota, job)
    asked[2][1]["json"] |= {"staff_id": next(iter(pattern(dated).work))}
    asked[3][1]["json"]["rota"] = base
    asked[5][1]["content"] = sheet.read_bytes()
    names = ["check", "comparison", "substitutes", "roll_out", "pseudonyms", "sheet_check"]
    for name, (path, options) in zip(names, asked, strict=True):
        before, size = lines(database), sizes(database)
        answer = office.client.post(path, **options)
        assert answer.is_success, answer.json()
        new = lines(database)[len(before) :]
        assert [each.action for each in new][:1] == [f"{name}.asked"]
        assert [each.action for each in new][1:] == (["dataset.kept"] if name == "pseudonyms" else [])
        assert new[0].details["kind"] == "rota"
        named = {job, base} & set(new[0].details.values())
        assert len(named) == (0 if name in ("pseudonyms", "sheet_check") else 1)
        assert (sizes(database) == size) == (name != "pseudonyms")
        assert "m01" not in json.dumps(new[0].details)
