"""The commands on data serve rotas as well."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

from tildeling.commands.data import register
from tildeling.files import read_rota
from tildeling.rota.dataset import RotaDataset

from .conftest import RotaFolder


def run(*words: str | Path) -> Result:
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize(("lang", "sheet"), [("nb", "Bemanningsplan"), ("en", "cover")])
def test_template(tmp_path: Path, lang: str, sheet: str) -> None:
    assert run("template", tmp_path / "t.xlsx", "--kind", "rota", "--lang", lang).exit_code == 0
    assert sheet in openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames
    assert run("template", tmp_path / "u.xlsx", "--kind", "other").exit_code == 2


def test_schema() -> None:
    assert "published" in json.loads(run("schema", "--kind", "rota").output)["properties"]
    assert "units" in json.loads(run("schema").output)["properties"]


def test_convert(folder: RotaFolder, rota: RotaDataset, tmp_path: Path) -> None:
    assert run("convert", folder.path, tmp_path / "a.xlsx").exit_code == 0
    assert run("convert", tmp_path / "a.xlsx", tmp_path / "b.json").exit_code == 0
    assert run("convert", tmp_path / "b.json", tmp_path / "c").exit_code == 0
    assert read_rota(tmp_path / "c") == rota


def test_convert_writes_nothing_of_faulty_data(folder: RotaFolder, tmp_path: Path) -> None:
    folder.set("dataset", "start", "2030-01-01")
    result = run("convert", folder.path, tmp_path / "a.xlsx", "--lang", "nb")
    assert result.exit_code == 2
    assert "må være en mandag" in result.output
    assert not (tmp_path / "a.xlsx").exists()


def test_pseudonymise(folder: RotaFolder, tmp_path: Path) -> None:
    result = run("pseudonymise", folder.path, tmp_path / "out", "--key", tmp_path / "key.csv")
    assert (result.exit_code, "2 people, 2 new" in result.output) == (0, True)
