"""National identity numbers: found by their two check digits, shown only masked.

The check digits are those of the Norwegian fødselsnummer (Skatteetaten, "Fødselsnummer"): with weights
``3 7 6 1 8 9 4 5 2 1`` and ``5 4 3 2 7 6 5 4 3 2 1`` over the digits, check digits included, both sums are
0 modulo 11.  D-numbers and synthetic numbers differ in day or month only, so they pass the same test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)

_GAP = r"[\s.\-/_]{0,2}"
_RUN = re.compile(
    rf"(?<!\d)\d{{2}}[\s.\-/]?\d{{2}}[\s.\-/]?(?:\d{{2}}){_GAP}\d{{5}}(?!\d)"
    rf"|(?<!\d)\d{{6}}{_GAP}\d{{3}}\s?\d{{2}}(?!\d)"
)
_CANDIDATE = re.compile(rf"{_RUN.pattern}|\d{{10}}")
_SHORT = re.compile(r"\d{10}(?:[.,]0+)?")
_MASK = "•"


def is_identity_number(digits: str) -> bool:
    """Whether eleven digits pass both checksums."""
    if len(digits) != 11 or not digits.isdecimal():
        return False
    numbers = [int(digit) for digit in digits]
    return all(
        sum(n * weight for n, weight in zip(numbers, weights, strict=True)) % 11 == 0
        for weights in (_FIRST, _SECOND)
    )


def _spans(text: str) -> Iterator[tuple[int, int]]:
    match = _RUN.search(text)
    while match:
        if is_identity_number(_digits(match[0])):
            yield match.span()
        # One digit on, not past the match: a run that fails may overlap one that passes.
        match = _RUN.search(text, match.start() + 1)
    short = _SHORT.fullmatch(text.strip())
    if short and _lost_zero(short[0][:10]):
        yield 0, len(text)


def _digits(text: str) -> str:
    return "".join(str(int(char)) for char in text if char.isdecimal())


def _lost_zero(digits: str) -> bool:
    """Whether ten digits are an identity number whose leading zero a spreadsheet dropped.

    Ten digits are common, so here the date must hold too (months +40, +65 and +80 are synthetic numbers).
    """
    number = "0" + _digits(digits)
    month = int(number[2:4])
    return (
        number[1] != "0"
        and any(1 <= month - shift <= 12 for shift in (0, 40, 65, 80))
        and is_identity_number(number)
    )


def holds_identity_number(value: Any) -> bool:
    """Whether a cell of any type holds an identity number, written with or without gaps."""
    return any(_number_in(text) for text in _texts(value))


def _number_in(text: str) -> bool:
    return len(text) >= 10 and next(_spans(text), None) is not None


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value; numbers as their digits, with the zero a number cannot begin with."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int):
        if 10**9 <= abs(value) < 10**11:
            yield str(abs(value))
    elif isinstance(value, float):
        if 1e9 <= abs(value) < 1e11 and value.is_integer():
            yield str(abs(int(value)))
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(name)
            yield from _texts(part)
    elif isinstance(value, Iterable):
        for part in value:
            yield from _texts(part)


def cells_with_identity_number(cells: Sequence[Any]) -> list[int]:
    """Positions of the cells that hold one; a column without any is passed over quickly."""
    if set(map(type, cells)) <= {str, type(None)}:
        words = [word for word in set(cells) if word is not None and len(word) >= 10]
        # Three line ends are a wider gap than any within a number.
        if not (words and _CANDIDATE.search("\n\n\n".join(words))):
            return []
    return [index for index, cell in enumerate(cells) if holds_identity_number(cell)]


def normal_identity_number(value: Any) -> str | None:
    """The eleven digits where a cell is an identity number and nothing else, else None."""
    for text in _texts(value):
        text = text.strip()
        match = _RUN.fullmatch(text)
        if match and is_identity_number(_digits(text)):
            return _digits(text)
        short = _SHORT.fullmatch(text)
        if short and _lost_zero(short[0][:10]):
            return "0" + _digits(short[0][:10])
    return None


def masked(value: Any) -> Any:
    """The value with every identity number in it covered; unchanged where there is none."""
    if not holds_identity_number(value):
        return value
    if isinstance(value, int | float):
        return _MASK * 11
    text = value if isinstance(value, str) else str(value)
    spans = sorted(set(_spans(text)))
    if not spans:
        return _MASK * 11
    for start, end in reversed(spans):
        text = text[:start] + _MASK * 11 + text[end:]
    return masked(text) if holds_identity_number(text) else text
