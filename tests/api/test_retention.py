"""Retention: classes as data, what is due, an archive first, then nothing left of it in the database's files."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from tildeling import read_dataset
from tildeling.errors import UsageError
from tildeling_api.access import audit
from tildeling_api.access.accounts import Accounts, now
from tildeling_api.access.roles import Role
from tildeling_api.app import create_app
from tildeling_api.jobs.attempts import Attempts
from tildeling_api.jobs.states import State
from tildeling_api.retention import archive, commands
from tildeling_api.retention.classes import classes, cutoffs, known
from tildeling_api.retention.purge import listed, purge, swept
from tildeling_api.store import database as store
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Dataset, Event, Job, JobFile

from .conftest import Client, unqueued
from .test_access_commands import run
from .test_copies import rows

JSON = {"content-type": "application/json"}
LATER = dt.timedelta(days=10_000)
Work = Callable[[], None]


@pytest.fixture
def small_id(client: Any, small_json: bytes) -> str:
    return str(client.post("/v1/datasets", content=small_json, headers=JSON).json()["id"])


@pytest.fixture
def both(app: Any, client_of: Any, token_of: Any) -> Any:
    """One who keeps data sets of both kinds."""
    return client_of(app, token_of(Role.RESEARCHER))


def asked(who: Any, path: str, **named: Any) -> str:
    answer = who.post(f"/v1/{path}", json=named)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def done(database: Database, attempts: Attempts, job: str, files: dict[str, bytes] | None = None) -> None:
    """A job that is over, as if a worker had done it."""
    assert attempts.begin(job, 1)
    made = files or {"placements.csv": b"who;where\n", "answer.json": b"{}"}
    assert attempts.end(job, 1, State.DONE, made, "optimal")


def every(at: dt.datetime | None = None) -> dict[str, dt.datetime]:
    return dict.fromkeys((name for name, each in known().items() if each.days), at or now() + LATER)


def ids(database: Database, limits: dict[str, dt.datetime]) -> dict[str, str]:
    return {each.id: each.of for each in listed(database, limits)}


# --- classes -------------------------------------------------------------------------------------------


def test_classes_have_days_a_ground_and_two_texts() -> None:
    for name, each in classes().items():
        assert each.nb
        assert each.en
        assert each.nb != each.en
        assert each.source
        assert (each.days is None) == (name in ("trail", "accounts"))


def test_a_file_says_other_days(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[homes]\ndays = 30\nsource = "arkivplan 2026"\n', encoding="utf-8")
    found = classes(own)
    assert (found["homes"].days, found["homes"].source) == (30, "arkivplan 2026")
    assert found["homes"].nb == known()["homes"].nb
    assert found["rotas"] == known()["rotas"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[house]\ndays = 3\n", "'house': is not one of homes,"),
        ("[trail]\ndays = 3\nsource = 'x'\n", "'trail': is not one of"),
        ("[homes]\ndays = 0\nsource = 'x'\n", "'homes.days': Input should be greater"),
        ("[homes]\ndays = 3\n", "'homes.source': Field required"),
        ("homes = 3\n", "'homes': Input should be"),
        ("[homes", "is no TOML file"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, content: str, said: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        classes(own)
    with pytest.raises(UsageError, match="No such file"):
        classes(tmp_path / "none.toml")


def test_cutoffs_are_days_ago_or_a_day_that_is_past() -> None:
    at = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
    found = cutoffs(known(), at)
    assert set(found) == set(known()) - {"trail", "accounts"}
    assert found["synthetic"] == at - dt.timedelta(days=90)
    day = dt.date(2026, 6, 1)
    assert cutoffs(known(), at, "homes", day) == {"homes": dt.datetime(2026, 6, 1, tzinfo=dt.UTC)}
    with pytest.raises(UsageError, match="is not past"):
        cutoffs(known(), at, before=dt.date(2026, 6, 2))
    for name in ("trail", "house"):
        with pytest.raises(UsageError, match="is not one of homes"):
            cutoffs(known(), at, name)


# --- what is due ---------------------------------------------------------------------------------------


def test_each_is_of_its_class(
    both: Any, database: Database, small_json: bytes, rota_json: bytes, attempts: Attempts
) -> None:
    homes = both.post("/v1/datasets", content=small_json, headers=JSON).json()["id"]
    rota = both.post("/v1/datasets", content=rota_json, headers=JSON).json()["id"]
    of_homes = asked(both, "allocations", dataset=homes)
    of_rota = asked(both, "conflicts", dataset=rota)
    maker = asked(both, "instances", preset="county", applicants=5)
    for job in (of_homes, of_rota, maker):
        done(database, attempts, job)
    expected = {homes: "homes", rota: "rotas", of_homes: "homes_jobs", of_rota: "rotas_jobs",
                maker: "synthetic_jobs"}  # fmt: skip
    assert ids(database, every()) == expected
    with database.writing() as session:  # the generator made what somebody else had sent
        session.execute(update(Job).where(Job.id == maker).values(dataset_id=homes))
    assert ids(database, every()) == expected | {homes: "synthetic", of_homes: "synthetic_jobs"}
    assert ids(database, {"rotas": now() + LATER}) == {rota: "rotas"}


def test_nothing_younger_goes_and_use_makes_younger(
    client: Any, database: Database, small_id: str, attempts: Attempts
) -> None:
    moment = now()
    assert ids(database, every(moment - dt.timedelta(hours=1))) == {}
    assert set(ids(database, every(moment + dt.timedelta(hours=1)))) == {small_id}
    job = asked(client, "allocations", dataset=small_id)
    done(database, attempts, job)
    long_ago = moment - dt.timedelta(days=3000)
    with database.writing() as session:
        session.execute(update(Dataset).values(created_at=long_ago))
    assert ids(database, every(moment - dt.timedelta(days=1))) == {}
    with database.writing() as session:
        session.execute(update(Job).values(created_at=long_ago, ended_at=long_ago))
    assert set(ids(database, every(moment - dt.timedelta(days=1)))) == {small_id, job}


def test_what_a_job_under_way_needs_stays(
    client: Any, database: Database, small_id: str, attempts: Attempts
) -> None:
    first = asked(client, "allocations", dataset=small_id)
    assert ids(database, every()) == {}
    done(database, attempts, first)
    other = asked(client, "explanations", allocation=first)
    assert ids(database, every()) == {}
    client.post(f"/v1/jobs/{other}/cancel")
    assert set(ids(database, every())) == {small_id, first, other}


# --- archived, then purged -----------------------------------------------------------------------------


def test_all_of_it_is_archived_then_gone_and_lines_stay(
    client: Any, database: Database, small_id: str, small: Path, work: Work, tmp_path: Path
) -> None:
    job = asked(client, "allocations", dataset=small_id)
    work()
    files = {
        each["name"]: client.get(f"/v1/jobs/{job}/files/{each['name']}").content
        for each in client.get(f"/v1/jobs/{job}/files").json()["files"]
    }
    line, before = client.get(f"/v1/datasets/{small_id}").json(), client.get(f"/v1/jobs/{job}").json()
    path = tmp_path / "archive.zip"
    found = purge(database, every(), path, now())
    assert found is not None
    assert {each.id for each in found.gone} == {small_id, job}

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert found.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = archive.read(path)
    assert [each["class"] for each in manifest["entries"]] == ["homes", "homes_jobs"]
    assert list(manifest["tenants"].values()) == ["default"]
    with zipfile.ZipFile(path) as packed:
        packed.extractall(tmp_path / "out")
    back = read_dataset(tmp_path / "out" / "datasets" / small_id / "dataset.json")
    assert back.digest() == read_dataset(small).digest() == line["dataset_hash"]
    folder = tmp_path / "out" / "jobs" / job
    assert json.loads((folder / "asked.json").read_text(encoding="utf-8")) == before["asked"]
    assert {name: (folder / "files" / name).read_bytes() for name in files} == files
    assert (folder / "files" / "answer.json").exists()

    left = client.get(f"/v1/datasets/{small_id}").json()
    assert left == line | {"purged_at": left["purged_at"]}
    assert left["purged_at"] is not None
    after = client.get(f"/v1/jobs/{job}").json()
    assert (after["asked"], after["outcome"], after["state"]) == (None, "optimal", "done")
    with database.reading() as session:
        assert session.scalars(select(JobFile)).all() == []
        assert session.scalars(select(Dataset.content)).all() == [None]
        assert audit.verify(session).wrong is None
        told = session.scalars(select(Event).order_by(Event.number.desc()).limit(3)).all()
    assert [each.action for each in told] == ["retention.purged", "job.purged", "dataset.purged"]
    assert told[0].subject == found.digest
    assert told[0].details == {"homes": "1", "homes_jobs": "1"}
    assert {each.details["archive"] for each in told[1:]} == {found.digest}
    assert purge(database, every(), tmp_path / "again.zip", now()) is None
    assert not (tmp_path / "again.zip").exists()


def test_the_same_content_may_be_kept_anew(
    client: Any, database: Database, small_id: str, small_json: bytes, tmp_path: Path
) -> None:
    purge(database, every(), tmp_path / "archive.zip", now())
    again = client.post("/v1/datasets", content=small_json, headers=JSON)
    assert (again.status_code, again.json()["id"]) == (201, small_id)
    assert ids(database, every(now() - dt.timedelta(days=1))) == {}


@pytest.mark.parametrize("crash", ["while it is written", "before it is purged"])
def test_a_crash_loses_nothing(
    database: Database, small_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crash: str
) -> None:
    def crashed(*_: object) -> None:
        raise KeyboardInterrupt

    before = rows(database)
    place = "fsync" if crash == "while it is written" else "digest"
    monkeypatch.setattr(*((os, place) if place == "fsync" else (audit, place)), crashed)
    path = tmp_path / "one.zip"
    with pytest.raises(KeyboardInterrupt):
        purge(database, every(), path, now())
    monkeypatch.undo()
    assert rows(database) == before
    assert not list(tmp_path.glob(".one*"))
    if crash == "before it is purged":
        assert archive.read(path)["entries"][0]["id"] == small_id
    else:
        assert not path.exists()
    found = purge(database, every(), tmp_path / "two.zip", now())
    assert found is not None
    assert [each.id for each in found.gone] == [small_id]
    assert len(archive.read(tmp_path / "two.zip")["entries"]) == 1


def test_an_archive_that_does_not_read_back_purges_nothing(
    database: Database, small_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(database)
    monkeypatch.setattr(archive, "read", lambda _: {})
    with pytest.raises(UsageError, match="does not hold what was put into it"):
        purge(database, every(), tmp_path / "archive.zip", now())
    monkeypatch.undo()
    (tmp_path / "taken.zip").write_bytes(b"another's")
    with pytest.raises(UsageError, match="exists already"):
        purge(database, every(), tmp_path / "taken.zip", now())
    with pytest.raises(UsageError, match="No such file"):
        purge(database, every(), tmp_path / "none" / "archive.zip", now())
    assert (tmp_path / "taken.zip").read_bytes() == b"another's"
    assert not (tmp_path / "archive.zip").exists()
    assert rows(database) == before


def test_what_is_asked_for_meanwhile_stays(
    client: Any, database: Database, small_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = archive.write

    def written(*args: Any) -> str:
        digest = plain(*args)
        asked(client, "allocations", dataset=small_id)
        return digest

    monkeypatch.setattr(archive, "write", written)
    found = purge(database, every(), tmp_path / "archive.zip", now())
    assert found is not None
    assert (len(found.archived), found.gone) == (1, ())
    assert client.get(f"/v1/datasets/{small_id}/content").status_code == 200


def test_a_spoiled_archive_is_none(database: Database, small_id: str, tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    purge(database, every(), path, now())
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    document = f"datasets/{small_id}/dataset.json"
    for change, said in (
        ({document: parts[document].replace(b"small", b"large")}, "was changed"),
        ({"more.txt": b"x"}, "not in the manifest"),
        ({archive.MANIFEST: b"[]"}, "no whole archive"),
    ):
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in (parts | change).items():
                packed.writestr(name, content)
        with pytest.raises(UsageError, match=said):
            archive.read(path)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UsageError, match="no whole archive"):
        archive.read(path)


def test_nothing_is_left_in_the_files_of_sqlite(
    client: Any, database: Database, small_id: str, attempts: Attempts, tmp_path: Path, small_json: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if not database.lite:
        pytest.skip("of SQLite's files; PostgreSQL's are VACUUM's")
    words = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(200))  # what packing leaves as it is
    job = asked(client, "allocations", dataset=small_id)
    done(database, attempts, job, {"report.html": words, "answer.json": small_json})
    with database.reading() as session:
        packed = [session.scalars(select(Dataset.content)).one(), *session.scalars(select(JobFile.content))]
    pieces = [each[at : at + 24] for each in packed if each for at in range(64, len(each) - 64, 256)]
    assert len(pieces) > 20

    def left() -> int:
        content = b"".join(each.read_bytes() for each in tmp_path.glob("service.db*"))
        return sum(piece in content for piece in pieces)

    assert left() == len(pieces)
    assert purge(database, every(), tmp_path / "archive.zip", now())
    monkeypatch.setattr(store, "BUSY_MS", 50)
    hasty = Database(str(database.engine.url))
    with database.reading() as reader:
        reader.execute(text("SELECT count(*) FROM datasets")).all()
        with hasty.writing() as session:  # past what the reader sees
            session.execute(update(Dataset).values(name="other"))
        assert not swept(hasty)
    hasty.close()
    assert swept(database)
    assert left() == 0
    assert (tmp_path / "service.db-wal").stat().st_size == 0
    document = archive.read(tmp_path / "archive.zip")["entries"][0]["files"][0]["name"]
    with zipfile.ZipFile(tmp_path / "archive.zip") as kept:
        assert zlib.decompress(packed[0] or b"") == kept.read(document)


# --- the commands --------------------------------------------------------------------------------------


@pytest.fixture
def kept_long(tmp_path: Path, small_json: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    """The service's own file with a data set that was kept for 2000 days; its id."""
    database = Database(f"sqlite:///{tmp_path / 'service.db'}")
    database.migrate()
    token = Accounts(database).add("nord", "kari", Role.CASEWORKER)[1].secret
    client = Client(create_app(database, unqueued), token)
    kept = client.post("/v1/datasets", content=small_json, headers=JSON).json()["id"]
    with database.writing() as session:
        session.execute(update(Dataset).values(created_at=now() - dt.timedelta(days=2000)))
    database.close()
    monkeypatch.delenv("TILDELING_DATABASE_URL", raising=False)
    monkeypatch.setenv("TILDELING_HOME", str(tmp_path))
    return str(kept)


def test_the_commands(kept_long: str, tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    refused = run(tmp_path, "purge", "--archive", str(path), "--class", "trail")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--class trail: is not one of homes" in refused.stderr
    purged = run(tmp_path, "purge", "--archive", str(path), "--class", "homes")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert purged.stdout == f"1 data set(s) and 0 job(s) purged; archive {path}, SHA-256 {digest}\n", (
        purged.stderr
    )
    assert archive.read(path)["entries"][0]["id"] == kept_long
    assert run(tmp_path, "audit").returncode == 0
    assert run(tmp_path, "retention").stdout.startswith("homes: 1825 dager; Datasett om søkere")


def test_a_dry_run_only_lists(kept_long: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(**options: Any) -> list[str]:
        assert commands.purge(dry_run=True, **options) == 0
        return capsys.readouterr().out.splitlines()

    first, last = said()
    assert first.startswith(f"homes: dataset {kept_long} of tenant ")
    assert last == "1 data set(s) and 0 job(s) would be purged"
    assert said(archive=tmp_path / "archive.zip")[-1] == last
    for options in ({"before": "2000-01-01"}, {"only": "rotas"}):
        assert said(**options) == ["0 data set(s) and 0 job(s) would be purged"]
    assert not (tmp_path / "archive.zip").exists()
    assert commands.purge(archive=tmp_path / "archive.zip", only="synthetic") == 0
    assert capsys.readouterr().out == "nothing was kept that long\n"
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "--archive FILE.zip"),
        ({"dry_run": True, "before": "soon"}, "is no day"),
        ({"dry_run": True, "before": "2999-01-01"}, "is not past"),
    )
    for refused, why in wrong:
        with pytest.raises(UsageError, match=why):
            commands.purge(**refused)


def test_classes_are_shown_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    commands.retention(lang="en")
    english = capsys.readouterr().out.splitlines()
    assert english[0].startswith("homes: 1825 days; Data sets on applicants and homes")
    assert english[-2].startswith("trail: never; ")
    commands.retention(lang="nb")
    assert capsys.readouterr().out.startswith("homes: 1825 dager; Datasett om søkere")
    with pytest.raises(UsageError, match="--lang sv"):
        commands.retention(lang="sv")
