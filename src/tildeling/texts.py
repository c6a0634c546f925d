"""Texts in Norwegian (nb) and English (en), side by side in ``texts/*.toml``.

A key is ``FILE.NAME``; each entry is ``NAME = {nb = "...", en = "..."}`` with ``{param}`` places.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Lang = Literal["nb", "en"]
LANGS: tuple[Lang, ...] = ("nb", "en")


@cache
def _table(name: str) -> dict[str, dict[str, str]]:
    source = files("tildeling").joinpath("texts", f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def text(key: str, lang: Lang, **params: Any) -> str:
    """The text of a key.

    Raises
    ------
    KeyError
        If the key or the language is missing: a text is never made up.
    """
    name, _, entry = key.partition(".")
    template = _table(name)[entry][lang]
    return template.format(**params) if params else template


def texts(name: str, lang: Lang) -> dict[str, str]:
    """Every text of one file in one language, for templates."""
    return {key: entry[lang] for key, entry in _table(name).items()}
