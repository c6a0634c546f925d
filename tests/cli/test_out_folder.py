"""The folder of ``--out``: written whole or not at all, and never somebody else's."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tildeling.commands.running import OUR_FILES, REPORT_FILES, require_writable, written_beside
from tildeling.errors import UsageError

Command = Callable[..., Any]


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("before", encoding="utf-8")
    return folder


def contents(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def write(
    folder: Path,
    force: bool = True,
    ours: frozenset[str] = OUR_FILES,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    with written_beside(folder, force, ours) as new:
        (new / "result.json").write_text("after", encoding="utf-8")
        meanwhile()


def interrupt() -> None:
    raise KeyboardInterrupt


def test_a_non_empty_folder_needs_force(tildeling: Command, small: Path, tmp_path: Path) -> None:
    out = fill(tmp_path / "out", "result.json")
    words = ("allocate", small, "--out", out)
    refused = tildeling(*words)
    assert refused.code == 2
    assert "--force" in refused.err
    assert (out / "result.json").read_text(encoding="utf-8") == "before"
    assert tildeling(*words, "--force").code == 0
    assert (out / "result.json").read_text(encoding="utf-8") != "before"
    assert sorted(os.listdir(tmp_path)) == ["out"]


def test_force_never_replaces_a_folder_with_other_files(
    tildeling: Command, small: Path, tmp_path: Path
) -> None:
    out = fill(tmp_path / "out", "result.json", "thesis.docx")
    refused = tildeling("allocate", small, "--out", out, "--force")
    assert refused.code == 2
    assert "thesis.docx" in refused.err
    assert not refused.traceback
    assert contents(out) == {"result.json", "thesis.docx"}


@pytest.mark.parametrize(
    "name", [".hidden", "result.json.bak", "reports/x", "report-nb/notes.txt", "bases.csv/x", "report-nb"]
)
def test_what_is_not_ours_is_not_ours_to_delete(tmp_path: Path, name: str) -> None:
    out = fill(tmp_path / "out", "placements.csv", name)
    with pytest.raises(UsageError, match="did not write"):
        write(out)
    assert contents(out) == {"placements.csv", name}


def test_our_own_files_are_replaced_with_their_report_folders(tmp_path: Path) -> None:
    out = fill(tmp_path / "out", "placements.csv", "bases.csv", "result.json", "allocation.xlsx", "report.html",
               "report-nb/report.html", "report-en/allocation.xlsx")  # fmt: skip
    write(out)
    assert contents(out) == {"result.json"}


def test_a_report_does_not_replace_a_proposal(
    tildeling: Command, small: Path, proposal: Path, tmp_path: Path
) -> None:
    before = contents(proposal)
    refused = tildeling("report", small, proposal, "--out", proposal, "--force")
    assert refused.code == 2
    assert contents(proposal) == before
    with pytest.raises(UsageError):
        write(fill(tmp_path / "out", "placements.csv"), ours=REPORT_FILES)


def test_files_that_come_while_solving_are_not_deleted(tmp_path: Path) -> None:
    out = fill(tmp_path / "out", "result.json")
    with pytest.raises(UsageError):
        write(out, meanwhile=lambda: fill(out, "thesis.docx"))
    assert contents(out) == {"result.json", "thesis.docx"}
    assert sorted(os.listdir(tmp_path)) == ["out"]


def test_a_failure_leaves_what_was_there_and_nothing_beside(tmp_path: Path) -> None:
    out = fill(tmp_path / "out", "result.json")
    with pytest.raises(KeyboardInterrupt):
        write(out, meanwhile=interrupt)
    assert (out / "result.json").read_text(encoding="utf-8") == "before"
    assert sorted(os.listdir(tmp_path)) == ["out"]


def test_a_failed_exchange_puts_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = fill(tmp_path / "out", "result.json")
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="no"):
        write(out)
    assert (out / "result.json").read_text(encoding="utf-8") == "before"
    assert sorted(os.listdir(tmp_path)) == ["out"]


def test_a_link_stays_and_its_folder_is_replaced(tmp_path: Path) -> None:
    fill(tmp_path / "real", "result.json")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "result.json").read_text(encoding="utf-8") == "after"


def test_folders_above_are_made(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "c", force=False)
    assert contents(tmp_path) == {"a/b/c/result.json"}


def test_a_file_in_the_way_is_refused_before_any_work(
    tildeling: Command, small: Path, tmp_path: Path
) -> None:
    fill(tmp_path, "file")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        done = tildeling("allocate", small, "--out", out, "--force")
        assert done.code == 2
        assert str(out) in done.err
        assert "compile" not in done.err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "before"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_leave_is_refused(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(UsageError, match="nothing can be written"):
        require_writable(tmp_path / "locked" / "out", False)


def test_the_folder_has_the_rights_of_the_user_s_choice(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write(tmp_path / "private")
    finally:
        os.umask(before)
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o700


def test_without_out_the_folder_is_named_after_the_data_set(
    tildeling: Command, small: Path, tmp_path: Path
) -> None:
    assert tildeling("allocate", small, cwd=tmp_path).code == 0
    assert (tmp_path / "out" / "small" / "report.html").exists()
