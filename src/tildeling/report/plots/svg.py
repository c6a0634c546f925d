"""A figure as SVG to stand in a page: same bytes every time, ids of its own, title and description."""

from __future__ import annotations

import io
import re
from html import escape
from threading import Lock
from typing import Any

import matplotlib

_SETTINGS = Lock()
"""Matplotlib's settings are global to the process."""


def svg(ax: Any, name: str, title: str, description: str) -> str:
    """The figure of an axes as an ``<svg>`` element with role img.

    ``name`` is unique in the page: it begins every id.
    """
    out = io.StringIO()
    with _SETTINGS, matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        ax.figure.savefig(
            out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{name}-", text)
    # The page's own font; sizes stay.
    text = re.sub(r"font: ([^;'\"]*?)([\d.]+px) [^;\"]*", r"font-size: \2", text)
    width, height = (float(v) for v in re.findall(r'(?:width|height)="([\d.]+)pt"', text)[:2])
    head = (
        f'<svg class="plot" role="img" aria-labelledby="{name}-t {name}-d" '
        f'xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width:g} {height:g}" '
        f'style="max-width:{width:g}pt"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(description)}</desc>'
    )
    return re.sub(r"^<svg[^>]*>", lambda _: head, text, count=1).strip()
