"""What a rule is: id, source, texts, parameters, a check, and ways to lower it; one file per rule.

The checking half reads rows through a :class:`~tildeling.housing.case.Case`; the lowering half writes
primitives into a builder.  The two halves of a rule share no helper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from tildeling.housing.case import Case
from tildeling.texts import Lang

if TYPE_CHECKING:
    from tildeling.housing.compiling.builder import Builder
    from tildeling.housing.compiling.frame import Frame
    from tildeling_models.grouping.problem import Bools, Ints


class Params(BaseModel):
    """A rule's parameters, read from the policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Breach:
    """A requirement not met.

    ``standing`` says that it was there before the proposal and is no worse now: shown, not a fault of it.
    """

    requirement: str
    subjects: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    standing: bool = False

    def message(self, lang: Lang = "en") -> str:
        """The breach in words."""
        from tildeling.housing.rules import requirement_text

        words = requirement_text(self.requirement, lang).format(**self.subjects, **self.values)
        return f"{self.requirement}: {words}"

    def as_json(self, lang: Lang = "en") -> dict[str, Any]:
        """For other programs."""
        return {
            "requirement": self.requirement,
            "subjects": dict(self.subjects),
            "values": {key: str(value) for key, value in self.values.items()},
            "message": self.message(lang),
        }


def _nothing(_case: Case, _params: Any) -> Iterable[Breach]:
    return ()


@dataclass(frozen=True)
class Rule:
    """A hard rule.

    Parameters
    ----------
    texts
        Requirement id -> {nb, en}, with {places} for subjects and values.
    check
        Breaches of a proposal, standing ones marked.
    always
        Breaches of what no policy can switch off.
    allowed
        (items, slots) -> mask of cells the rule permits, for new placements.
    forbidden
        Mask over the cells found so far that the rule takes away.
    lower
        Adds primitives, once the cells are fixed.
    """

    id: str
    source: str
    nb: str
    en: str
    params: type[Params]
    texts: Mapping[str, Mapping[Lang, str]]
    check: Callable[[Case, Any], Iterable[Breach]] = _nothing
    always: Callable[[Case], Iterable[Breach]] | None = None
    allowed: Callable[[Frame, Any, Ints, Ints], Bools] | None = None
    forbidden: Callable[[Frame, Any, Builder], Bools] | None = None
    lower: Callable[[Frame, Any, Builder], None] | None = None
