"""The README's part on campaigns, from rows."""

from __future__ import annotations

from pathlib import Path

from benchmarks import campaigns, table
from tests.benchmarks.test_rota_scaling import row


def test_tables_plots_and_comparisons_come_from_the_rows_alone(tmp_path: Path) -> None:
    page, folder = tmp_path / "README.md", tmp_path / "published" / "gap"
    folder.mkdir(parents=True)
    marks = [
        f"{table.BEGIN.format(name=f'published-{name}')}\n{table.END.format(name=f'published-{name}')}"
        for name in campaigns.SETS
    ]
    page.write_text("\n".join(marks), encoding="utf-8")
    rows = [
        row(size, 4, 1.0).model_copy(
            update={
                "key": f"{size}{engine}", "digest": str(size), "engine": engine, "value": value, "best_known": 100,
                "to_best": value / 100 - 1,
            }
        )
        for size in (10, 20)
        for engine, value in (("auto", 101), ("mip", 110))
    ]  # fmt: skip
    (folder / "runs.jsonl").write_text(
        "".join(f"{each.model_dump_json()}\n" for each in rows), encoding="utf-8"
    )
    assert campaigns.main(page, tmp_path) == 0
    text = page.read_text(encoding="utf-8")
    assert "| rota-10x4 | 100 | 101 | – | 1.000 | 60 | 110 | – | 10.000 | 60 |" in text.replace("60.0", "60")
    assert "auto: 1.000% above best known on average of 2, 1.000% at most; mip: 10.000%" in text
    assert "- auto against mip, 2 pairs: nearer to the best in 2, farther in 0" in text
    assert text.count("Not run yet.") == len(campaigns.SETS) - 1
    assert {path.name for path in tmp_path.glob("*.svg")} == {"gap-over-time.svg", "gap-profile.svg"}
    before = text
    assert campaigns.main(page, tmp_path) == 0
    assert page.read_text(encoding="utf-8") == before


def test_the_readme_has_the_markers_of_every_set() -> None:
    text = campaigns.README.read_text(encoding="utf-8")
    for name in campaigns.SETS:
        assert table.BEGIN.format(name=f"published-{name}") in text
        assert table.END.format(name=f"published-{name}") in text
