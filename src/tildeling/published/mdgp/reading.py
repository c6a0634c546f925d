"""Reads a file: a line ``n G ds min max min max …``, then a line ``i j distance`` for each pair of elements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tildeling.published.lines import Faults, Line, text_of
from tildeling.published.mdgp.instance import Instance
from tildeling.published.numbers import Exact, exact, scale_of

KINDS = ("ds", "ss")
"""Groups of different sizes, or of the same; limits are given for each all the same."""
LARGEST = 10_000
"""Elements of the largest file that is read: pairs are their square."""


def read(path: Path) -> Instance:
    """The instance of a file.

    Raises
    ------
    DataError
        With every fault found: line, what the number is, its value and what is required there.
    """
    return parse(text_of(path), path.name)


def parse(text: str, file: str) -> Instance:
    """The instance of a file's text; ``file`` names it in faults."""
    faults = Faults(file)
    lines = list(_lines(text))
    if not lines:
        faults.add("numbers_missing", column="n", wanted=1, found=0)
        faults.stop()
    elements, sizes = _head(lines[0], faults)
    pairs = _pairs(lines[1:], elements, faults)
    missing = elements * (elements - 1) // 2 - len(pairs)
    if missing and not faults.found:
        first = next((i, j) for i in range(elements) for j in range(i + 1, elements) if (i, j) not in pairs)
        faults.add("pairs_missing", count=missing, first=f"{first[0]} {first[1]}")
    faults.stop()
    scale = scale_of(list(pairs.values()))
    distance = tuple((i, j, pairs[i, j].times(scale)) for i, j in sorted(pairs))
    return Instance(Path(file).stem, elements, sizes, distance, scale)


def _lines(text: str) -> Iterator[Line]:
    for number, content in enumerate(text.split("\n"), start=1):
        if content.strip():
            yield Line(number, "", tuple(content.split()), content.strip())


def _head(line: Line, faults: Faults) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Elements and sizes of groups; without them nothing that follows has a meaning, so that faults end here."""
    words = [*line.fields, *("",) * 3]
    elements = faults.whole(line, words[0], "n", 1, LARGEST)
    groups = faults.whole(line, words[1], "G", 1, LARGEST)
    if words[2] not in KINDS:
        faults.add("one_of", line, "ds", words[2], allowed=", ".join(KINDS))
    if groups is not None:
        faults.wide(line, 3 + 2 * groups, "fields_blank")
    faults.stop()
    most = elements or 0
    numbers = [faults.whole(line, word, "min max", 0, most) or 0 for word in line.fields[3:]]
    sizes = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    for least, high in sizes:
        if least > high:
            faults.add("sizes_crossed", line, "max", high, other=least)
    return most, sizes


def _pairs(lines: list[Line], elements: int, faults: Faults) -> dict[tuple[int, int], Exact]:
    """Distances by pair; whichever way round a pair is written, it may stand once."""
    first: dict[tuple[int, int], int] = {}
    found: dict[tuple[int, int], Exact] = {}
    for line in lines:
        if not faults.wide(line, 3, "fields_blank"):
            continue
        i = faults.whole(line, line.fields[0], "i", 0, elements - 1)
        j = faults.whole(line, line.fields[1], "j", 0, elements - 1)
        distance = exact(faults, line, line.fields[2], "distance")
        if i is None or j is None or distance is None:
            continue
        if i == j:
            faults.add("same_element", line, "j", j)
            continue
        pair = (min(i, j), max(i, j))
        if first.setdefault(pair, line.number) != line.number:
            faults.add("line_twice", line, value=f"{i} {j}", first=first[pair])
        found[pair] = distance
    return found
