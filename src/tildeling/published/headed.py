"""Text files of sections with a heading each, in words: ``SKILLS = 2`` or ``REQUIREMENTS``, then a line each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tildeling.published.lines import Faults, Line

PAIR = re.compile(r"\((\d{1,9}),(\d{1,9})\)")


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its heading, None where it is missing, what the heading says after ``=``, and its lines."""

    head: Line | None = None
    said: str = ""
    lines: list[Line] = field(default_factory=list)


def headed(text: str, names: Mapping[str, str], faults: Faults) -> dict[str, Section]:
    """Sections of a text by the first word of their heading.

    ``names`` says of each what its heading says after ``=``: "value", "count" (as many lines must follow), "first" (as
    many at least: programs write more behind them, which is not read) or "".
    """
    found: dict[str, Section] = {}
    current: Section | None = None
    for number, content in enumerate(text.split("\n"), start=1):
        words = tuple(content.split())
        if not words:
            continue
        line = Line(number, "", words, content.strip())
        if words[0] in names or words[1:2] == ("=",):
            current = Section(line, words[2] if len(words) == 3 else "")
            _heading(line, names, found, faults)
            found.setdefault(words[0], current)
        elif current is None or current.head is None:
            faults.add("outside_section", line, value=line.text)
        else:
            current.lines.append(Line(number, current.head.fields[0], words, line.text))
    for name, kind in names.items():
        section = found.setdefault(name, Section())
        if section.head is None:
            faults.add("missing_section", name=name)
            continue
        if kind == "first" and section.said.isdecimal():
            del section.lines[int(section.said[:9]) :]
        if kind in ("count", "first") and section.said != str(len(section.lines)):
            faults.add("headed_count", section.head, value=section.head.text, found=len(section.lines))
    return found


def _heading(line: Line, names: Mapping[str, str], found: Mapping[str, Section], faults: Faults) -> None:
    name = line.fields[0]
    if name not in names:
        faults.add("unknown_section", line, value=line.text, allowed=", ".join(names))
    elif name in found:
        first = found[name].head
        faults.add("section_twice", line, value=line.text, first=first.number if first else 0)
    elif len(line.fields) != (3 if names[name] else 1):
        faults.add("headed_heading", line, value=line.text, name=name, sign=" = ..." if names[name] else "")


def wide(line: Line, count: int, faults: Faults) -> bool:
    """Whether a line has so many words."""
    if len(line.fields) != count:
        faults.add("words", line, value=line.text, wanted=count, found=len(line.fields))
    return len(line.fields) == count


def pair(line: Line, word: str, column: str, faults: Faults) -> tuple[int, int]:
    """``(2,5)``: a least and a most; (0, 0) where it is faulty."""
    found = PAIR.fullmatch(word)
    if found is None:
        faults.add("pair", line, column, word)
        return 0, 0
    least, most = int(found[1]), int(found[2])
    if least > most:
        faults.add("pair_crossed", line, column, word)
    return least, most


def once(line: Line, key: tuple[str, ...], first: dict[tuple[str, ...], int], faults: Faults) -> None:
    """A fault where a key stands in an earlier line too."""
    if first.setdefault(key, line.number) != line.number:
        faults.add("line_twice", line, value=" ".join(key), first=first[key])
