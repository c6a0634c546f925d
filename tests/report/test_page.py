"""report.html: what it holds, that nothing in it runs, and that it is built for everybody."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from tildeling.housing.proposal import Proposal
from tildeling.report.page import page
from tildeling.texts import LANGS, Lang

VOID = {"meta", "link", "br", "img", "input", "hr", "col"}


class Tree(HTMLParser):
    """Elements in order, and whether they close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module", params=LANGS)
def lang(request: pytest.FixtureRequest) -> Lang:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def text(town: Proposal, lang: Lang) -> str:
    return page(town, lang)


@pytest.fixture(scope="module")
def tree(text: str) -> Tree:
    return Tree(text)


def test_everybody_is_on_the_page(town: Proposal, tree: Tree) -> None:
    words = " ".join(tree.texts)
    for applicant, unit in town.solution.placements.items():
        assert re.search(rf"\b{applicant}\b", words)
        assert unit in words
    for tier in town.document.tiers:
        assert re.search(rf"\b{tier.name}\b", words)
    for site in town.data.sites:
        if any(group.site_id == site.site_id for group in town.data.groups):
            assert site.name in words


def test_notice_statement_and_provenance(town: Proposal, tree: Tree, lang: Lang) -> None:
    words = " ".join(tree.texts)
    info = town.data.info
    assert words.count(info.notice_nb if lang == "nb" else info.notice_en) >= 2
    assert ("en navngitt person bestemmer" if lang == "nb" else "a named person decides") in words
    for value in (town.document.dataset_hash, town.document.policy_hash, town.document.ruleset):
        assert value in words


def test_structure(tree: Tree, lang: Lang) -> None:
    assert not tree.open
    assert tree.all("html") == [{"lang": lang}]
    levels = [int(tag[1]) for tag, _ in tree.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [len(tree.all(tag)) for tag in ("main", "nav", "header", "footer")] == [1, 1, 1, 1]
    ids = [attrs["id"] for _, attrs in tree.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in tree.elements:
        assert set(attrs.get("aria-labelledby", "").split()) <= set(ids)
    targets = {attrs["href"][1:] for attrs in tree.all("a") if attrs["href"].startswith("#")}
    assert targets <= set(ids)
    assert tree.all("a")[0]["href"] == "#main"


def test_tables_and_plots_can_be_heard(tree: Tree) -> None:
    assert len(tree.all("table")) == len(tree.all("caption")) > 5
    assert all(attrs.get("scope") in ("col", "row") for attrs in tree.all("th"))
    plots = tree.all("svg")
    assert len(plots) == 3
    assert all(plot["role"] == "img" and len(plot["aria-labelledby"].split()) == 2 for plot in plots)


def test_self_contained_and_small(text: str, tree: Tree) -> None:
    assert not tree.all("script")
    assert not tree.all("link")
    assert not tree.all("img")
    assert set(re.findall(r"https?://[^\s\"'<)]+", text)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert len(text.encode()) < 1_000_000


def test_same_bytes_whatever_the_run_was_like(town: Proposal, lang: Lang, text: str) -> None:
    run = town.document.run.model_copy(update={"runtime_s": 99.9, "history": ()})
    document = town.document.model_copy(update={"run": run, "runtime_s": 99.9})
    assert page(Proposal(town.data, town.solution, town.report, document), lang) == text


def test_hostile_names_are_only_text(hostile: Proposal, lang: Lang) -> None:
    text = page(hostile, lang)
    assert "<script" not in text
    assert "alert(" in text
    tree = Tree(text)
    assert not tree.open
    assert not any(name.startswith("on") for _, attrs in tree.elements for name in attrs)


def test_small_numbers_are_hidden_in_the_figures(town: Proposal) -> None:
    text = page(town, "en")
    part = text[text.index('id="figures"') : text.index('id="bases"')]
    tables = re.findall(r"<table>.*?</table>", part, flags=re.DOTALL)
    people = [table for table in tables if "Waiting" in table]
    cells = [cell for table in people for cell in re.findall(r'<td class="n">(.*?)</td>', table)]
    assert "&lt;5" in cells
    assert not {"0", "1", "2", "3", "4"} & set(cells)


def test_a_small_proposal(small: Proposal, lang: Lang) -> None:
    assert not Tree(page(small, lang)).open
