"""The page in a browser: no accessibility violations, and nothing wider than a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tildeling.housing.proposal import Proposal
from tildeling.report.excerpt import MOST, Most
from tildeling.report.page import page, write_page
from tildeling.texts import Lang

from .test_large import FEW

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--no-first-run", "--disable-default-apps",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield found
        found.close()


@pytest.mark.parametrize(
    ("size", "every", "lang"), [("small", 1, "nb"), ("small", 1, "en"), ("town", 9, "nb")]
)
def test_no_accessibility_violations(
    browser: Any, request: pytest.FixtureRequest, size: str, every: int, lang: Lang, tmp_path: Path
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    write_page(request.getfixturevalue(size), tmp_path / "report.html", lang)
    view = browser.new_page(viewport={"width": 1280, "height": 900})
    view.goto((tmp_path / "report.html").as_uri())
    # What is folded away is not examined; a town's lists, all unfolded, take long.
    view.evaluate(
        f"document.querySelectorAll('details').forEach((d, i) => {{ if (i % {every} == 0) d.open = true }})"
    )
    found = axe.run(view)
    view.close()
    assert found.violations_count == 0, found.generate_report()


def test_no_accessibility_violations_where_much_is_left_out(
    browser: Any, town: Proposal, tmp_path: Path
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    (tmp_path / "report.html").write_text(page(town, "en", most=FEW), encoding="utf-8")
    view = browser.new_page(viewport={"width": 1280, "height": 900})
    view.goto((tmp_path / "report.html").as_uri())
    view.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    found = axe.run(view)
    view.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("most", [MOST, FEW])
@pytest.mark.parametrize("width", [390, 1280])
def test_fits_the_screen(browser: Any, town: Proposal, width: int, most: Most, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page(town, "nb", most=most), encoding="utf-8")
    view = browser.new_page(viewport={"width": width, "height": 900})
    view.goto((tmp_path / "report.html").as_uri())
    view.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    wide = view.evaluate("document.documentElement.scrollWidth")
    view.close()
    assert wide <= width
