"""People's ids replaced, the key kept apart and closed."""

from __future__ import annotations

import csv
import os
import stat
from pathlib import Path

import pytest

from tildeling.errors import DataError, UsageError
from tildeling.files import read_dataset
from tildeling.files.identity import holds_identity_number
from tildeling.files.pseudonyms import pseudonymise

from .conftest import Folder, synthetic_number

NUMBERS = {"A1": synthetic_number("158150"), "A2": synthetic_number("058150"), "R1": synthetic_number("559250"),
           "R2": synthetic_number("319299")}  # fmt: skip
COLUMNS = {
    "applicants": ("applicant_id",),
    "residents": ("resident_id",),
    "relations": ("person_a", "person_b"),
    "locks": ("applicant_id",),
}


@pytest.fixture
def identified(folder: Folder) -> Folder:
    """The example with identity numbers for ids, written in different ways."""
    for table, names in COLUMNS.items():
        rows = folder.rows(table)
        for name in names:
            at = rows[0].index(name)
            for row in rows[1:]:
                number = NUMBERS[row[at]]
                row[at] = f"{number[:6]} {number[6:]}" if table == "relations" else number
        folder.put_rows(table, rows)
    return folder


def key_rows(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    assert header == ["pseudonym", "identity"]
    return {person: word for word, person in rows}


def test_the_source_is_refused(identified: Folder) -> None:
    assert {code for *_, code in identified.codes()} == {"identity_number"}


@pytest.mark.parametrize("target", ["out", "out.xlsx", "out.json"])
def test_the_copy_is_the_same_data_with_other_names(identified: Folder, tmp_path: Path, target: str) -> None:
    done = pseudonymise(identified.path, tmp_path / target)
    key = key_rows(done.key_file)
    assert (done.people, done.new, set(key)) == (4, 4, set(NUMBERS.values()))
    data = read_dataset(tmp_path / target)
    assert [row.applicant_id for row in data.applicants] == [
        key[NUMBERS[name]] for name in ("A1", "A2", "R2")
    ]
    assert {row.resident_id for row in data.residents} == {key[NUMBERS["R1"]], key[NUMBERS["R2"]]}
    assert data.relations[0].person_b == key[NUMBERS["R1"]]
    assert data.locks[0].applicant_id == key[NUMBERS["A1"]]
    assert data.applicants[0].care_hours == 35.25
    files = [tmp_path / target] if "." in target else list((tmp_path / target).iterdir())
    for file in files:
        assert not holds_identity_number(file.read_bytes().decode("utf-8", "replace"))


def test_the_key_is_closed_from_the_start(
    identified: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    opened = os.open

    def watched(path: str | Path, flags: int, mode: int = 0o777, **rest: int) -> int:
        handle = opened(path, flags, mode, **rest)
        if "key" in str(path):
            assert flags & os.O_EXCL
            modes.append(stat.S_IMODE(os.fstat(handle).st_mode))
        return handle

    monkeypatch.setattr(os, "open", watched)
    mask = os.umask(0)
    try:
        pseudonymise(identified.path, tmp_path / "out", tmp_path / "key.csv")
        assert modes == [0o600]
        assert stat.S_IMODE((tmp_path / "key.csv").stat().st_mode) == 0o600
        pseudonymise(identified.path, tmp_path / "out2", tmp_path / "key.csv")
        assert stat.S_IMODE((tmp_path / "key.csv").stat().st_mode) == 0o600
    finally:
        os.umask(mask)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "key.csv", "out", "out2"]


def test_pseudonyms_are_stable_and_the_key_grows(identified: Folder, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "key.csv"
    pseudonymise(identified.path, tmp_path / "a", key)
    before = key_rows(key)
    identified.set("locks", "applicant_id", "Kari; =Nordmann")
    done = pseudonymise(identified.path, tmp_path / "b", key)
    after = key_rows(key)
    assert done.new == 1
    assert before.items() <= after.items()
    again = pseudonymise(tmp_path / "b", tmp_path / "c", key)
    assert again.new == 0
    assert (tmp_path / "b" / "locks.csv").read_bytes() == (tmp_path / "c" / "locks.csv").read_bytes()


def test_two_keys_share_no_pseudonym(identified: Folder, tmp_path: Path) -> None:
    for name in "ab":
        pseudonymise(identified.path, tmp_path / name, tmp_path / f"{name}.key")
    words = [set(key_rows(tmp_path / f"{name}.key").values()) for name in "ab"]
    assert not words[0] & words[1]


def test_cells_with_other_faults_are_copied_as_they_stand(identified: Folder, tmp_path: Path) -> None:
    identified.set("applicants", "severity", "7")
    identified.set("applicants", "applied_on", "31.2.2029")
    pseudonymise(identified.path, tmp_path / "out")
    rows = Folder(tmp_path / "out").rows("applicants")
    assert rows[1][rows[0].index("severity")] == "7"
    assert rows[1][rows[0].index("applied_on")] == "31.2.2029"


@pytest.mark.parametrize(
    ("table", "column"), [("sites", "name"), ("applicants", "steps_above_reason"), ("locks", "unit_id")]
)
def test_other_columns_stay_refused(identified: Folder, tmp_path: Path, table: str, column: str) -> None:
    identified.set(table, column, NUMBERS["A1"])
    with pytest.raises(DataError) as caught:
        pseudonymise(identified.path, tmp_path / "out")
    assert [(fault.table, fault.column, fault.code) for fault in caught.value.faults] == [
        (table, column, "identity_number")
    ]
    assert NUMBERS["A1"] not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_what_could_hide_a_person_is_refused(identified: Folder, tmp_path: Path) -> None:
    rows = identified.rows("locks")
    identified.put_rows("locks", [[*row, extra] for row, extra in zip(rows, ["navn", "Kari"], strict=True)])
    rows = identified.rows("residents")
    rows[0][0] = "beboerens id"
    identified.put_rows("residents", rows)
    (identified.path / "people.csv").write_text("name\nKari\n")
    (identified.path / "policy.toml").write_text(f"version = '{NUMBERS['A1']}'")
    with pytest.raises(DataError) as caught:
        pseudonymise(identified.path, tmp_path / "out")
    assert [(fault.table, fault.code) for fault in caught.value.faults] == [
        ("", "unknown_file"),
        ("residents", "missing_person_column"),
        ("residents", "unknown_column"),
        ("residents", "identity_number"),
        ("residents", "identity_number"),
        ("locks", "unknown_column"),
        ("policy", "identity_number"),
    ]


def test_the_key_never_lies_inside_the_copy(identified: Folder, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "out")
    for key in ("out/key.csv", "out/deep/key.csv", "link/key.csv", "out"):
        with pytest.raises(UsageError, match="must not lie inside"):
            pseudonymise(identified.path, tmp_path / "out", tmp_path / key)
    assert not (tmp_path / "out").exists()


def test_the_copy_never_replaces_the_source(identified: Folder) -> None:
    with pytest.raises(UsageError, match="another place"):
        pseudonymise(identified.path, identified.path, force=True)


def test_an_open_key_is_refused(identified: Folder, tmp_path: Path) -> None:
    key = tmp_path / "key.csv"
    pseudonymise(identified.path, tmp_path / "a", key)
    key.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        pseudonymise(identified.path, tmp_path / "b", key)
    assert not (tmp_path / "b").exists()


def test_another_run_at_the_same_time_is_refused(identified: Folder, tmp_path: Path) -> None:
    (tmp_path / "key.csv.new").touch()
    with pytest.raises(UsageError, match="another run"):
        pseudonymise(identified.path, tmp_path / "b", tmp_path / "key.csv")
    assert not (tmp_path / "key.csv").exists()


def test_a_file_that_is_no_key_is_kept(identified: Folder, tmp_path: Path) -> None:
    key = tmp_path / "key.csv"
    key.write_text("something else")
    key.chmod(0o600)
    with pytest.raises(DataError, match=r"key\.csv: is not a key file"):
        pseudonymise(identified.path, tmp_path / "b", key)
    assert key.read_text() == "something else"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "key.csv"]
