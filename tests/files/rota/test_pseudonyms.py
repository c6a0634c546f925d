"""Staff ids of a rota replaced everywhere they stand, lists included."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.files.conftest import synthetic_number

from tildeling.errors import DataError
from tildeling.files import read_rota, write_dataset
from tildeling.files.identity import holds_identity_number
from tildeling.files.pseudonyms import pseudonymise
from tildeling.files.rotas import ROTA
from tildeling.rota.dataset import RotaDataset

from .conftest import RotaFolder

NUMBERS = {"s1": synthetic_number("158150"), "s2": synthetic_number("058150")}


@pytest.fixture
def identified(folder: RotaFolder) -> RotaFolder:
    """The example with identity numbers for ids."""
    for table, (name,) in ROTA.persons.items():
        rows = folder.rows(table)
        at = rows[0].index(name)
        for row in rows[1:]:
            row[at] = "|".join(NUMBERS[word] for word in row[at].split("|") if word)
        folder.put_rows(table, rows)
    return folder


def key_rows(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, *rows = csv.reader(file, delimiter=";")
    return {person: word for word, person in rows}


def people(data: RotaDataset) -> dict[str, list[Any]]:
    """What stands in every column that names people."""
    return {
        table: [getattr(row, name) for row in data.table(table)] for table, (name,) in ROTA.persons.items()
    }


@pytest.mark.parametrize("target", ["out", "out.xlsx", "out.json"])
def test_the_copy_is_the_same_data_with_other_names(
    identified: RotaFolder, rota: RotaDataset, tmp_path: Path, target: str
) -> None:
    done = pseudonymise(identified.path, tmp_path / target)
    key = {name: key_rows(done.key_file)[number] for name, number in NUMBERS.items()}
    assert (done.people, done.new) == (2, 2)
    expected = {
        table: [key[word] if isinstance(word, str) else tuple(key[part] for part in word) for word in words]
        for table, words in people(rota).items()
    }
    assert people(read_rota(tmp_path / target)) == expected
    for file in [tmp_path / target] if "." in target else (tmp_path / target).iterdir():
        assert not holds_identity_number(file.read_bytes().decode("utf-8", "replace"))


def test_lists_of_a_document(rota: RotaDataset, tmp_path: Path) -> None:
    write_dataset(rota, tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert content["agreements"][0]["staff_ids"] == ["s1", "s2"]
    done = pseudonymise(tmp_path / "a.json", tmp_path / "b.json")
    key = key_rows(done.key_file)
    assert read_rota(tmp_path / "b.json").agreements[0].staff_ids == (key["s1"], key["s2"])


def test_a_list_of_no_words_is_refused(rota: RotaDataset, tmp_path: Path) -> None:
    write_dataset(rota, tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    content["agreements"][0]["staff_ids"] = [{"name": "Kari"}]
    (tmp_path / "a.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        pseudonymise(tmp_path / "a.json", tmp_path / "b.json")
    assert [(fault.column, fault.code) for fault in caught.value.faults] == [("staff_ids", "text")]


def test_a_column_that_may_be_left_out_hides_nobody(folder: RotaFolder, tmp_path: Path) -> None:
    folder.put("agreements", "agreement_id;level;permits\na1;LOC;rest_8\n")
    assert pseudonymise(folder.path, tmp_path / "out").people == 2
    folder.put("wishes", "date;kind\n2030-01-08;off\n")
    with pytest.raises(DataError) as caught:
        pseudonymise(folder.path, tmp_path / "more")
    assert [(fault.table, fault.code) for fault in caught.value.faults] == [
        ("wishes", "missing_person_column")
    ]


def test_other_columns_stay_refused(identified: RotaFolder, tmp_path: Path) -> None:
    identified.set("staff", "shift_codes", NUMBERS["s1"])
    with pytest.raises(DataError) as caught:
        pseudonymise(identified.path, tmp_path / "out")
    assert [(fault.column, fault.code) for fault in caught.value.faults] == [
        ("shift_codes", "identity_number")
    ]
