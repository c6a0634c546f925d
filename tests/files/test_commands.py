"""The commands on data, through the application as installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tildeling.commands.data import register
from tildeling.files import read_dataset
from tildeling.housing.dataset import Dataset

from .conftest import Folder


def run(*words: str | Path) -> Result:
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, [str(word) for word in words])


def test_template(tmp_path: Path) -> None:
    result = run("template", tmp_path / "t.xlsx", "--lang", "nb")
    assert (result.exit_code, result.output) == (0, f"skrevet: {tmp_path / 't.xlsx'}\n")
    assert run("template", tmp_path / "t.csv").exit_code == 2
    assert run("template", tmp_path / "t.xlsx").exit_code != 0
    assert run("template", tmp_path / "t.xlsx", "--force").exit_code == 0


def test_schema(tmp_path: Path) -> None:
    result = run("schema")
    assert run("schema", "--out", tmp_path / "s.json").exit_code == 0
    assert json.loads(result.output) == json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))


def test_convert(folder: Folder, example: Dataset, tmp_path: Path) -> None:
    assert run("convert", folder.path, tmp_path / "a.xlsx").exit_code == 0
    assert run("convert", tmp_path / "a.xlsx", tmp_path / "b.json").exit_code == 0
    assert run("convert", tmp_path / "b.json", tmp_path / "c").exit_code == 0
    assert read_dataset(tmp_path / "c") == example


@pytest.mark.parametrize(("lang", "said"), [("en", "must be from 0 to 120"), ("nb", "må være fra 0 til 120")])
def test_convert_writes_nothing_of_faulty_data(folder: Folder, tmp_path: Path, lang: str, said: str) -> None:
    folder.set("applicants", "age", "200")
    result = run("convert", folder.path, tmp_path / "a.xlsx", "--lang", lang)
    assert result.exit_code == 2
    assert said in result.output
    assert not (tmp_path / "a.xlsx").exists()


def test_pseudonymise(folder: Folder, tmp_path: Path, number: str) -> None:
    folder.set("applicants", "applicant_id", number)
    folder.set("locks", "applicant_id", number)
    result = run("pseudonymise", folder.path, tmp_path / "out", "--key", tmp_path / "key.csv")
    assert result.exit_code == 0
    assert "5 people, 5 new" in result.output
    assert number not in result.output
    assert number in (tmp_path / "key.csv").read_text(encoding="utf-8-sig")
