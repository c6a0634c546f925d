"""rota.html: what it says, that nothing in it runs, and that everyone can use it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from tests.rota.sheet.plans import cycle, full_view, plan, report, some_rota, worked

from tildeling.errors import UsageError
from tildeling.report.rota.page import page, write_page
from tildeling.report.rota.picture import write_picture
from tildeling.report.rota.plots.hours_off import hours_off
from tildeling.report.rota.plots.roster import roster
from tildeling.report.rota.plots.shares import shares
from tildeling.report.rota.words import RotaWords
from tildeling.rota.sheet.view import Extras, View
from tildeling.rota.solution import Rota
from tildeling.rota.tables import RotaBase, Shift
from tildeling.texts import Lang, texts

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-default-apps"]


@pytest.fixture(scope="module")
def view() -> View:
    return full_view(8, 5)


def test_texts_stand_in_both_languages_with_the_same_places() -> None:
    nb, en = texts("rota_report", "nb"), texts("rota_report", "en")
    for key in nb:
        assert nb[key].strip(), key
        assert set(re.findall(r"{\w+}", nb[key])) == set(re.findall(r"{\w+}", en[key])), key


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_every_person_breach_and_unmet_wish_is_there(view: View, lang: Lang) -> None:
    text = page(view, lang)
    for line in view.lines:
        # Two blocks of weeks and the sums.
        assert text.count(f">{line.person.staff_id}") >= 3
    for at, breach in enumerate(view.notices):
        assert f'<tr id="b{at}">' in text
        assert breach.source in text
    assert len(re.findall(r'<a href="#b\d+">', text)) == sum(
        bool(c.breaches) for n in view.lines for c in n.cells
    )
    assert text.count("unwished") >= 2
    assert len(re.findall(r'<td[^>]*class="short">', text)) == sum(
        bool(c.short) for n in view.cover for c in n.cells
    )


def test_nothing_is_fetched_or_run(view: View) -> None:
    text = page(view)
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!#)', re.sub(r'xlink:href="#', "", text))
    assert "@import" not in text


def test_names_are_escaped() -> None:
    bad = '<script>alert("1")</script>'
    shift = Shift(shift_code="D", title=bad, kind="day", start="08:00", hours="7.5")
    data = plan(shifts=(shift,), cover=(), bases=(RotaBase(base_id="B1", title=bad),), notice_nb=bad)
    assert "<script" not in page(View(data, some_rota(data), worked))


def test_a_plan_without_anything_has_a_page() -> None:
    text = page(View(plan(cover=()), Rota(), worked))
    assert "Planen er ikke kontrollert" in text
    assert "Ingen ønsker er meldt" in text


def test_same_rota_same_page(view: View) -> None:
    assert page(view) == page(view)


def test_plots_take_axes_and_return_them(view: View) -> None:
    words = RotaWords(view.data, "en")
    draws: tuple[Callable[[Any], Any], ...] = (
        lambda ax: shares([("A", 3.0, 2.5), ("B", 0.0, 0.5)], "Nights", words, ax),
        lambda ax: hours_off([("A", 3.0), ("B", -2.0)], words, ax),
        lambda ax: roster(view, words, ax),
    )
    for draw in draws:
        ax = Figure().subplots()
        assert draw(ax) is ax
        assert draw(None) is not ax


def test_picture(view: View, tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg", "rota.png"):
        write_picture(view, tmp_path / name, "en")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert "A-08" in (tmp_path / "one.svg").read_text()
    assert (tmp_path / "rota.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match=r"must end in \.svg or \.png"):
        write_picture(view, tmp_path / "rota.gif")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield found
        found.close()


def shown(kind: str) -> View:
    if kind == "cycle":
        return View(cycle(), some_rota(cycle()), worked)
    view = full_view(8, 4)
    if kind == "plain":
        return view
    extras = Extras(view.extras.marks, view.extras.targets, some_rota(view.data, 1, 0.7))
    return View(view.data, view.rota, worked, report(view.data, view.rota), extras)


@pytest.mark.browser
@pytest.mark.parametrize(("kind", "lang"), [("plain", "nb"), ("base", "en"), ("cycle", "nb")])
def test_no_accessibility_violations(browser: Any, kind: str, lang: Lang, tmp_path: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    write_page(shown(kind), tmp_path / "rota.html", lang)
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto((tmp_path / "rota.html").as_uri())
    found = axe.run(tab)
    tab.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_sixty_people_and_twelve_weeks_fit_the_screen(browser: Any, width: int, tmp_path: Path) -> None:
    write_page(full_view(60, 12), tmp_path / "rota.html")
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto((tmp_path / "rota.html").as_uri())
    wide = tab.evaluate("document.documentElement.scrollWidth")
    # The first column stays where the weeks are moved away under it.
    stays = tab.evaluate(
        "(() => { const box = document.querySelector('.scroll:has(.roster)'); box.scrollLeft = 300;"
        " return box.querySelector('tbody .who').getBoundingClientRect().left"
        " - box.getBoundingClientRect().left })()"
    )
    tab.close()
    assert wide <= width
    assert stays == pytest.approx(0, abs=1)
