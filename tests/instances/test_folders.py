"""Every folder reads without faults, says what it is, and is what its script makes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tildeling.files import read_dataset
from tildeling.housing.policy import default_policy

NAMES = ("small", "tromso-2030", "tromso-vacancies")
Script = Callable[[str], ModuleType]


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".csv", ".toml") and "source" not in path.parts
    }


@pytest.mark.parametrize("name", NAMES)
def test_script_reproduces_folder_byte_for_byte(
    name: str, script: Script, instances: Path, tmp_path: Path
) -> None:
    script(f"{name}/make.py").main(tmp_path / name)
    made, stored = files(tmp_path / name), files(instances / name)
    assert made.keys() == stored.keys()
    assert [file for file in made if made[file] != stored[file]] == []


@pytest.mark.parametrize("name", NAMES)
def test_reads_back_as_made(name: str, script: Script, instances: Path) -> None:
    data = read_dataset(instances / name)
    assert data.faults() == []
    assert data.digest() == script(f"{name}/make.py").make().digest()


@pytest.mark.parametrize("name", NAMES)
def test_policy_is_the_default_but_for_its_version(name: str, instances: Path) -> None:
    policy = read_dataset(instances / name).policy
    assert policy.version != default_policy().version
    assert policy.model_copy(update={"version": default_policy().version}) == default_policy()


@pytest.mark.parametrize("name", NAMES)
def test_says_it_is_invented_and_holds_only_pseudonyms(name: str, instances: Path) -> None:
    data = read_dataset(instances / name)
    assert data.info.notice_nb
    assert data.info.notice_en
    people = {*data.applicant, *data.resident}
    assert all(re.fullmatch(r"[sb]\d{2,4}", person) for person in people)


def test_field_tables_match_the_schema(script: Script) -> None:
    fields = script("fields.py")
    assert len(fields.READMES) == 2
    for path, kind in fields.READMES.items():
        readme = path.read_text(encoding="utf-8")
        assert fields.with_tables(readme, kind) == readme


def test_table_of_facts_matches_the_data(script: Script, instances: Path) -> None:
    readme = (instances / "README.md").read_text(encoding="utf-8")
    assert script("facts.py").with_facts(readme) == readme
