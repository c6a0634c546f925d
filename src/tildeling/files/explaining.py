"""What pydantic found, in our words and both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from tildeling.consistency import closest
from tildeling.errors import Fault
from tildeling.files.cells import Unreadable
from tildeling.files.columns import Column
from tildeling.housing.tables import PLACE, VETO
from tildeling.rows import CLOCK, CODE, ID, PLAIN

_CODES = {
    "missing": "required",
    "too_short": "required",
    "string_too_short": "required",
    "finite_number": "number",
    "string_unicode": "plain_text",
    "extra_forbidden": "unknown_policy_key",
}
_BY_STEM = {
    "int": "whole_number",
    "decimal": "number",
    "float": "number",
    "bool": "boolean",
    "date": "date",
    "tuple": "list",
    "list": "list",
    "dict": "table",
    "model": "table",
    "string": "text",
}
_BY_PATTERN = {
    ID: "id_form", CODE: "code_form", CLOCK: "clock_form", PLACE: "place_form", VETO: "veto_form",
    PLAIN: "plain_text",
}  # fmt: skip
_EXAMPLES = {
    "date": "2026-03-31, 31.03.2026",
    "number": "12,5",
    "hours_pairs": "nurse=3,5|social_educator=10",
    "place_form": "site:S1|district:centre",
    "veto_form": "site:S1|community_size_above:8",
    "boolean": "ja, nei",
    "clock_form": "07:30, 0730",
}


def explained(error: ErrorDetails, column: Column | None = None) -> Fault:
    """The fault that one pydantic error is: code, value, parameters and hint; the place is the caller's."""
    value = error.get("input")
    context: Mapping[str, Any] = error.get("ctx") or {}
    code, params, hint = _meaning(error, column, context, value)
    if isinstance(value, Unreadable):
        value = value.raw
    if code in ("required", "required_score"):
        value = None
    return Fault(code, value=value, params=params, hint=hint or _EXAMPLES.get(code, ""))


def _meaning(
    error: ErrorDetails, column: Column | None, context: Mapping[str, Any], value: Any
) -> tuple[str, dict[str, Any], str]:
    kind = error["type"]
    if kind in ("enum", "literal_error"):
        allowed = column.choices if column else _quoted(str(context.get("expected", "")))
        return "one_of", {"allowed": ", ".join(allowed)}, closest(str(value), allowed)
    if column and column.kind == "hours" and kind in ("value_error", "dict_type"):
        return "hours_pairs", {}, ""
    if kind in ("greater_than_equal", "less_than_equal"):
        return _limits(column, context)
    if kind == "greater_than":
        return "more_than", {"low": context.get("gt")}, ""
    if kind == "decimal_max_places":
        return "decimals", {"places": context.get("decimal_places", 2)}, ""
    if kind == "string_too_long":
        return "too_long", {"limit": context.get("max_length")}, ""
    if kind == "string_pattern_mismatch":
        code = _BY_PATTERN.get(str(context.get("pattern")))
        return (code, {}, "") if code else ("pattern", {"pattern": context.get("pattern")}, "")
    if kind == "bool_parsing" and column is None:
        return "boolean", {}, "true, false"
    code = _CODES.get(kind) or _BY_STEM.get(kind.partition("_")[0]) or "invalid"
    return code, ({"message": error["msg"]} if code == "invalid" else {}), ""


def _limits(column: Column | None, context: Mapping[str, Any]) -> tuple[str, dict[str, Any], str]:
    if column and column.low is not None and column.high is not None:
        return "between", {"low": column.low, "high": column.high}, ""
    if "ge" in context:
        return "at_least", {"low": context["ge"]}, ""
    return "at_most", {"high": context.get("le")}, ""


def _quoted(expected: str) -> tuple[str, ...]:
    """The words in pydantic's ``'a', 'b' or 'c'``."""
    return tuple(expected.split("'")[1::2])
