"""What the service gives out of data full of formulas and scripts: texts, nothing that runs, and read back the same."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from icalendar import Calendar

from tildeling.files import read_rota
from tildeling.rota.reading import read_plan
from tildeling_api.access.roles import Role
from tildeling_api.media import XLSX

FORMULAS = (
    '=HYPERLINK("http://127.0.0.1:9/?"&A1,"x")', "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1,1)", "＝1+1", "'=1+1",
    "''=1+1", "%0a=1", "=\tx",
)  # fmt: skip
SCRIPTS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", "</style><script>x",
    "</title><svg onload=alert(1)>", "{{7*7}}${7*7}<%=7*7%>", "javascript:alert(1)", "<!--<script>", "&lt;script&gt;",
    "\u202e<b>", "]]><script>x</script>", "$x^2$<a href=//evil>",
)  # fmt: skip
HOSTILE = FORMULAS + SCRIPTS
RISKY = re.compile(r"\s*['\s]*[=+\-@＝＋－＠]")
Work = Callable[[], None]


@pytest.fixture
def address(tmp_path: Path) -> str:
    """What is given out is the same whatever the database."""
    return f"sqlite:///{tmp_path / 'service.db'}"


@pytest.fixture
def researcher(app: Any, client_of: Any, token_of: Any) -> Any:
    return client_of(app, token_of(Role.RESEARCHER))


def words() -> Iterator[str]:
    """Hostile texts, one after the other, again and again."""
    while True:
        yield from HOSTILE


@pytest.fixture
def homes(document: dict[str, Any]) -> dict[str, Any]:
    """The small data set with every free text hostile, and ids as odd as ids may be."""
    said = words()
    document["dataset"]["notice_nb"] = "=1+1 " + " ".join(HOSTILE)[:380]
    document["dataset"]["notice_en"] = "@" + " ".join(SCRIPTS)[:380]
    for table in ("sites", "communities", "groups", "bases"):
        for row in document[table]:
            row["name"] = next(said)
    for row in document["communities"]:
        row["max_reason"] = next(said)
    for row in document["groups"]:
        row["layout"] = next(said)
    for row in document["applicants"]:
        row["steps_above_reason"] = next(said)
    for names in ("target_groups", "features", "competences", "districts"):
        for each in document["policy"][names].values():
            each.update(nb=next(said), en=next(said))
    odd = json.dumps(document)
    for plain, other in (("s01", "1-1"), ("s02", "1e5"), ("s03", "A:-._"), ("s04", "0x1F"), ("s05", "SUM")):
        odd = odd.replace(f'"{plain}"', f'"{other}"')
    content: dict[str, Any] = json.loads(odd)
    return content


@pytest.fixture
def rota(rota_json: bytes) -> dict[str, Any]:
    """The rota of eight with every free text hostile."""
    content: dict[str, Any] = json.loads(rota_json)
    content["dataset"]["notice_nb"] = "=1+1 " + " ".join(HOSTILE)[:380]
    content["dataset"]["notice_en"] = "+1"
    content["bases"][0]["title"] = "X\nATTENDEE:mailto:evil@example.org\nEND:VEVENT <script>x</script>"
    content["shifts"][0]["title"] = '=HYPERLINK("x");,\\n<img src=x onerror=alert(1)>'
    for each in content["policy"].get("competences", {}).values():
        each.update(nb=FORMULAS[0], en=SCRIPTS[0])
    return content


def made(client: Any, path: str, content: dict[str, Any], work: Work, **asked: Any) -> dict[str, bytes]:
    """Keep a data set, have a plan made of it, and take every file."""
    kept = client.post("/v1/datasets", json=content)
    assert kept.status_code == 201, kept.text[:2_000]
    job = client.post(path, json={"dataset": kept.json()["id"]} | asked).json()["id"]
    work()
    line = client.get(f"/v1/jobs/{job}").json()
    assert line["state"] == "done", line
    names = [each["name"] for each in client.get(f"/v1/jobs/{job}/files").json()["files"]]
    found = {name: client.get(f"/v1/jobs/{job}/files/{name}") for name in names}
    for answer in found.values():  # never shown in the place where tokens are
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    return {name: answer.content for name, answer in found.items()} | {"id": kept.json()["id"].encode()}


# --- workbooks -----------------------------------------------------------------------------------------


def only_texts(book: bytes) -> list[str]:
    """The texts of a workbook that would be formulas, once it is known that each stays a text."""
    found = openpyxl.load_workbook(io.BytesIO(book), keep_vba=True, rich_text=False)
    assert found.vba_archive is None or "xl/vbaProject.bin" not in found.vba_archive.namelist()
    assert not found._external_links
    risky = []
    for sheet in found.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                assert cell.data_type != "f", (sheet.title, cell.coordinate, cell.value)
                if isinstance(cell.value, str) and re.match(r"'*[=+\-@＝＋－＠]|[\t\r\n]", cell.value):
                    assert cell.quotePrefix, (sheet.title, cell.coordinate, cell.value)
                    risky.append(cell.value)
    return risky


def test_a_data_set_as_a_workbook(researcher: Any, homes: dict[str, Any], tmp_path: Path) -> None:
    line = researcher.post("/v1/datasets", json=homes).json()
    answer = researcher.get(f"/v1/datasets/{line['id']}/content", params={"format": "xlsx"})
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''small.xlsx"
    assert {FORMULAS[0], "＝1+1", "''=1+1"} <= set(only_texts(answer.content))
    again = researcher.post("/v1/datasets", content=answer.content, headers={"content-type": XLSX})
    assert (again.status_code, again.json()["id"]) == (200, line["id"])


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_an_allocation(researcher: Any, homes: dict[str, Any], work: Work, lang: str) -> None:
    files = made(researcher, "/v1/allocations", homes, work, engine="mip", lang=lang)
    assert only_texts(files["allocation.xlsx"])
    for name in ("placements.csv", "bases.csv"):
        plain_cells(files[name])
    nothing_runs(files["report.html"].decode())


def test_a_rota(researcher: Any, rota: dict[str, Any], work: Work, tmp_path: Path) -> None:
    files = made(researcher, "/v1/rotas", rota, work, time_limit=20)
    assert only_texts(files["rota.xlsx"])
    plain_cells(files["rota.csv"])
    nothing_runs(files["rota.html"].decode())
    calendars = [content for name, content in files.items() if name.endswith(".ics")]
    assert calendars
    for content in calendars:
        only_shifts(content)
    for name in ("rota.csv", "rota.xlsx"):
        (tmp_path / name).write_bytes(files[name])
    (tmp_path / "rota.json").write_text(json.dumps(rota), encoding="utf-8")
    data = read_rota(tmp_path / "rota.json")
    assert read_plan(tmp_path / "rota.csv", data) == read_plan(tmp_path / "rota.xlsx", data)


# --- tables, pages, calendars --------------------------------------------------------------------------


def plain_cells(content: bytes) -> None:
    """No cell that begins as a formula: ids begin with a letter or digit, and nothing else stands there."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";", strict=True))
    assert len(rows) > 1
    assert not [cell for row in rows for cell in row if RISKY.match(cell)]


class Page(HTMLParser):
    """Every element of a page, as a browser would find it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words += data


def nothing_runs(text: str) -> None:
    """A page without anything that a browser would run or fetch, and with the texts as texts."""
    page = Page(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "link", "form", "base", "audio", "video"}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        for name in ("href", "src", "xlink:href", "action"):
            assert attributes.get(name, "#").startswith("#"), (tag, attributes)
        assert "alert" not in attributes.get("style", "")
    assert "{{7*7}}" in page.words or "{{7*7}}" not in text
    assert "49" not in re.findall(r"\b49\$", page.words)
    assert "<script>alert(1)" in page.words or "HYPERLINK" in page.words


def only_shifts(content: bytes) -> None:
    """A calendar of shifts: no line of ours was ended by a text, and nobody else is in it."""
    found = Calendar.from_ical(content)
    assert found.errors == []
    events = found.walk("VEVENT")
    for event in events:
        assert set(event) <= {
            "UID",
            "DTSTAMP",
            "SUMMARY",
            "LOCATION",
            "DTSTART",
            "DTEND",
            "SEQUENCE",
            "TRANSP",
        }
        assert event.errors == []
        assert isinstance(event.decoded("dtstart"), dt.date)
    assert content.count(b"\r\nBEGIN:VEVENT") == content.count(b"\r\nEND:VEVENT") == len(events)
    assert {part.name for part in found.subcomponents} <= {"VTIMEZONE", "VEVENT"}
    assert not re.search(rb"^ATTENDEE", content, re.MULTILINE)
