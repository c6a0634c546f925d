"""``allocation.xlsx``: a proposal as a workbook, one subject a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tildeling.files.saving import whole_file
from tildeling.housing.flags import Flag
from tildeling.housing.indicators import Indicator
from tildeling.housing.proposal import Proposal
from tildeling.housing.rules import Breach
from tildeling.housing.tables import StatutoryRight
from tildeling.report.phrases import Phrases
from tildeling.report.sheets import Book, Column, Mark
from tildeling.report.summary import Summary
from tildeling.report.view import NEAR_CAPACITY, BaseLine, CommunityLine, GroupLine, Placement, View, Waiting
from tildeling.texts import Lang

LONG = 20_000
"""Rows of people and homes from which a workbook is written row by row, which takes less memory."""


def write_workbook(
    proposal: Proposal,
    path: str | Path,
    lang: Lang = "nb",
    *,
    view: View | None = None,
    by_row: bool | None = None,
) -> None:
    """Write a proposal as a workbook; the same proposal gives the same bytes.

    ``view`` are the proposal's rows where they have been gathered already; ``by_row`` says whether to write row
    by row, which a long one is.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    view, words = view or View(proposal), Phrases(proposal.data, lang)
    if by_row is None:
        by_row = len(view.placements) + len(view.waiting) + len(view.groups) > LONG
    with whole_file(Path(path)) as draft:
        _Workbook(Book(draft, words, by_row=by_row), view, words).write()


class _Workbook:
    def __init__(self, book: Book, view: View, words: Phrases) -> None:
        self.book, self.view, self.words = book, view, words
        self.data = view.data

    def write(self) -> None:
        """Every sheet, in the order an officer reads them."""
        view = self.view
        high, low = view.reason_above, view.warn_above
        sizes = [Mark("size_after", high, "alarm"), Mark("size_after", low, "warn"),
                 Mark("size_today", high, "alarm"), Mark("size_today", low, "warn")]  # fmt: skip
        loads = [Mark("load", 1.0, "alarm"), Mark("load", float(NEAR_CAPACITY), "warn")]
        self._summary(Summary(view, self.words))
        self.book.table("placements", self._placements(), view.placements)
        self.book.table("waiting", self._waiting(), view.waiting)
        self.book.table("groups", self._groups(), view.groups, sizes)
        self.book.table("communities", self._communities(), view.communities, sizes)
        self.book.table("bases", self._bases(), view.bases, loads)
        own = [row for row in view.indicators if row.today is not None]
        by = [row for row in view.indicators if row.today is None]
        self.book.table("indicators", self._indicators(), own)
        self.book.table("breakdown", self._breakdown(), self._pairs(by))
        self.book.table("flags", self._flags(), view.proposal.flags)
        self.book.table("standing", self._standing(), view.proposal.report.standing)
        self.book.table("ties", self._ties(), view.proposal.document.ties.found)
        self.book.close()

    # --- summary ---------------------------------------------------------------------------------------

    def _summary(self, summary: Summary) -> None:
        widths = (22, 62, 14, 14, 12, 14, 16)
        sheet, put, words = self.book.sheet("summary", widths), self.book.put, self.words
        self.book.merge(sheet, 2, 6, words("decides"), "wrap", sum(widths))
        line = 4
        for sentence in summary.sentences:
            self.book.merge(sheet, line, 6, sentence, "wrap", sum(widths))
            line += 1
        line += 1
        for label, value in summary.numbers:
            put(sheet, line, 0, value, "number")
            put(sheet, line, 1, label)
            line += 1
        line += 1
        put(sheet, line, 0, words("tiers"), "heading")
        line += 1
        titles = ("tier", "meaning", "value", "bound", "gap", "tolerance", "proof")
        for at, title in enumerate(titles):
            self.book.head(sheet, line, at, title, "count" if at in range(2, 6) else "text")
        sheet.set_row(line, 32)
        for tier in summary.tiers:
            line += 1
            cells: tuple[tuple[Any, str], ...] = (
                (tier.name, "strong"), (tier.meaning, "wrap"), (tier.value, "count"), (tier.bound, "count"),
                (tier.gap, "gap"), (tier.tolerance, "gap"), (tier.proof, "text"),
            )  # fmt: skip
            for at, (cell, look) in enumerate(cells):
                put(sheet, line, at, cell, look)
            sheet.set_row(line, 15 * (1 + len(tier.meaning) // 70))
            for part in tier.parts:
                line += 1
                put(sheet, line, 1, f"    {part.text}", "wrap")
                put(sheet, line, 2, part.value, "count")
                put(sheet, line, 3, words("times_weight", weight=part.weight))
        line += 2
        put(sheet, line, 0, words("provenance"), "heading")
        for label, said in summary.provenance:
            line += 1
            put(sheet, line, 0, label)
            put(sheet, line, 1, said)

    # --- people ----------------------------------------------------------------------------------------

    def _placements(self) -> list[Column[Placement]]:
        words, data = self.words, self.data
        return [
            Column("applicant", lambda p: p.row.applicant_id, 11, "strong"),
            Column("state", lambda p: words.state(p), 10),
            Column("target_group", lambda p: words.target(p.row.target_group), 24, "wrap"),
            Column("severity", lambda p: p.row.severity, 11, "count"),
            Column("unit", lambda p: p.home.unit.unit_id, 14),
            Column("group", lambda p: words.group(p.home.group.group_id), 22, "wrap"),
            Column("community", lambda p: words.community_of(p.home.group), 22, "wrap"),
            Column("site", lambda p: words.site(p.home.group.site_id), 22, "wrap"),
            Column("district", lambda p: words.code(data.site[p.home.group.site_id].district), 14),
            Column("base", lambda p: words.base(p.base_id) if p.base_id else "", 22, "wrap"),
            Column("need", lambda p: words.enum(p.row.service_need), 13, "wrap"),
            Column("offered", lambda p: words.enum(p.home.group.service_access), 13, "wrap"),
            Column("steps_above", lambda p: p.steps_above or None, 9, "count"),
            Column("temporary", lambda p: p.home.unit.temporary or None, 12),
            Column("ready", lambda p: p.ready, 11, "date"),
            Column("wishes_met", lambda p: words.wishes(p.wishes, met=True), 26, "wrap"),
            Column("wishes_unmet", lambda p: words.wishes(p.wishes, met=False), 26, "wrap"),
            Column("flags", lambda p: words.flag_titles(p.flags), 26, "wrap"),
            Column("tie", lambda p: words.alternatives(p.alternatives), 20, "wrap"),
        ]

    def _waiting(self) -> list[Column[Waiting]]:
        words = self.words

        def right(w: Waiting) -> str:
            none = w.row.statutory_right is StatutoryRight.NONE
            return "" if none else words.enum(w.row.statutory_right)

        return [
            Column("applicant", lambda w: w.row.applicant_id, 13, "strong"),
            Column("application", lambda w: words.enum(w.row.application), 16),
            Column("target_group", lambda w: words.target(w.row.target_group), 34, "wrap"),
            Column("severity", lambda w: w.row.severity, 11, "count"),
            Column("benefit", lambda w: w.row.benefit, 9, "count"),
            Column("resource", lambda w: w.row.resource, 10, "count"),
            Column("waiting_days", lambda w: w.days, 11, "count"),
            Column("right", right, 17),
            Column("deadline", lambda w: w.row.statutory_deadline, 12, "date"),
            Column("overdue", lambda w: words("overdue") if w.overdue else "", 12),
            Column("need", lambda w: words.enum(w.row.service_need), 20),
            Column("present_housing", lambda w: words.enum(w.row.present_housing), 20),
            Column("discharge_ready", lambda w: w.row.discharge_ready_on, 14, "date"),
            Column("temporary_unit", lambda w: w.temporary_unit or words("no"), 16),
            Column("tie", lambda w: words.alternatives(w.could_have), 24, "wrap"),
        ]

    # --- homes -----------------------------------------------------------------------------------------

    def _groups(self) -> list[Column[GroupLine]]:
        words = self.words
        return [
            Column("group_id", lambda g: g.row.group_id, 13, "strong"),
            Column("name", lambda g: words.group(g.row.group_id), 30, "wrap"),
            Column("community", lambda g: words.community_of(g.row), 26, "wrap"),
            Column("site", lambda g: words.site(g.row.site_id), 26, "wrap"),
            Column("kind", lambda g: words.enum(g.row.kind), 18, "wrap"),
            Column("target_groups", lambda g: ", ".join(map(words.target, g.row.target_groups)), 30, "wrap"),
            Column("offered", lambda g: words.enum(g.row.service_access), 19),
            Column("units", lambda g: len(g.units), 10, "count"),
            Column("size_today", lambda g: g.today, 10, "count"),
            Column("size_after", lambda g: g.after, 10, "count"),
            Column("least", lambda g: g.least, 9, "count"),
            Column("most", lambda g: g.most, 9, "count"),
            Column("base", lambda g: words.base(g.base_id) if g.base_id else "", 26, "wrap"),
        ]

    def _communities(self) -> list[Column[CommunityLine]]:
        words = self.words
        return [
            Column("community_id", lambda c: c.row.community_id, 14, "strong"),
            Column("name", lambda c: words.community(c.row.community_id), 36),
            Column("site", lambda c: words.site(c.row.site_id), 32),
            Column("group_count", lambda c: c.groups, 11, "count"),
            Column("size_today", lambda c: c.today, 11, "count"),
            Column("size_after", lambda c: c.after, 11, "count"),
            Column("most", lambda c: c.most, 11, "count"),
            Column("size_mark", lambda c: words.size_mark(self.view, c.after), 20),
            Column("size_reason", lambda c: c.row.max_reason, 60, "wrap"),
        ]

    def _bases(self) -> list[Column[BaseLine]]:
        words = self.words
        return [
            Column("base_id", lambda b: b.row.base_id, 12, "strong"),
            Column("name", lambda b: words.base(b.row.base_id), 28, "wrap"),
            Column("kind", lambda b: words.enum(b.row.kind), 14),
            Column("opened", lambda b: words.opened(b), 14),
            Column("group_count", lambda b: len(b.groups), 9, "count"),
            Column("sites", lambda b: b.sites, 9, "count"),
            Column("groups", lambda b: ", ".join(b.groups), 30, "wrap"),
            Column("hours_today", lambda b: b.today, 11, "hours"),
            Column("hours_after", lambda b: b.after, 11, "hours"),
            Column("capacity", lambda b: b.row.capacity_hours, 11, "hours"),
            Column("load", lambda b: b.load, 9, "percent"),
            Column("staffed", lambda b: b.row.staffed_hours, 11, "hours"),
            Column("staff", lambda b: b.row.staff_size, 9, "count"),
            Column("most_staff", lambda b: b.row.max_staff, 10, "count"),
            Column("competence_hours", lambda b: words.competences(b), 44, "wrap"),
        ]

    # --- figures, flags, breaches ----------------------------------------------------------------------

    def _indicators(self) -> list[Column[Indicator]]:
        words = self.words
        return [
            Column("indicator", lambda i: words.indicator(i), 44, "wrap"),
            Column("before", lambda i: words.amount(i.today, i.unit), 20, "right"),
            Column("after", lambda i: words.amount(i.after, i.unit), 20, "right"),
            Column("measure", lambda i: words(f"unit_{i.unit}"), 14),
            Column("definition", lambda i: i.definition(words.lang), 70, "wrap"),
            Column("source", lambda i: i.source_text(words.lang), 26, "wrap"),
        ]

    def _pairs(self, cells: list[Indicator]) -> list[tuple[str, str, str, str]]:
        """Rows of the breakdowns: by what, category, placed, waiting."""
        return [
            (words_by, category, placed, waiting)
            for words_by, rows in self.words.breakdowns(cells)
            for category, placed, waiting in rows
        ]

    def _breakdown(self) -> list[Column[tuple[str, str, str, str]]]:
        return [
            Column("by", lambda r: r[0], 24),
            Column("category", lambda r: r[1], 52),
            Column("placed", lambda r: r[2], 16, "right"),
            Column("waiting", lambda r: r[3], 16, "right"),
        ]

    def _flags(self) -> list[Column[Flag]]:
        words = self.words
        return [
            Column("subject", lambda f: f.subject, 16, "strong"),
            Column("flag", lambda f: words.flag_title(f.code), 40),
            Column("message", lambda f: f.message(words.lang), 90, "wrap"),
        ]

    def _standing(self) -> list[Column[Breach]]:
        words = self.words
        return [
            Column("requirement", lambda b: b.requirement, 22, "strong"),
            Column("message", lambda b: words.breach(b), 100, "wrap"),
        ]

    def _ties(self) -> list[Column[Any]]:
        words = self.words
        return [
            Column("subject", lambda t: t.id, 18, "strong"),
            Column("kind", lambda t: words(f"tie_{t.subject}"), 22),
            Column("chosen", lambda t: words.choice(t.subject, t.chosen), 44),
            Column(
                "alternatives",
                lambda t: ", ".join(words.choice(t.subject, a) for a in t.alternatives),
                80,
                "wrap",
            ),
        ]
