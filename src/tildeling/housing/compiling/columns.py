"""What items ask for and what slots offer, column by column, words as numbers that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tildeling.housing.dataset import Dataset
from tildeling.housing.tables import Applicant, Unit
from tildeling_models.grouping.problem import Bools, Ints, ints

Floats = NDArray[np.float32]

NO_VALUE = -1
"""Stands where a cell is empty."""
NO_LIMIT = 10**6


class Codes:
    """Words as whole numbers, ``NO_VALUE`` for none; words that nobody asked about are ``UNKNOWN``."""

    UNKNOWN = -2

    def __init__(self, words: Iterable[str | None]) -> None:
        self.words = sorted({word for word in words if word is not None})
        self._number = {word: number for number, word in enumerate(self.words)}

    def of(self, words: Iterable[str | None]) -> Ints:
        """The number of each word."""
        number = self._number
        return ints([NO_VALUE if word is None else number.get(word, self.UNKNOWN) for word in words])

    def matrix(self, rows: Sequence[Iterable[str]]) -> Bools:
        """(rows, words) which words each row names."""
        found = np.zeros((len(rows), len(self.words)), dtype=bool)
        for at, row in enumerate(rows):
            for word in row:
                if (number := self._number.get(word)) is not None:
                    found[at, number] = True
        return found


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of items, (I,) or (I, words), and of slots, (S,) or (S, words).

    ``wants`` and ``lacks`` are over the features that anybody needs: their product counts what is missing.
    """

    kinds: tuple[str, ...]
    kind: Ints
    accepts: Bools
    need: Ints
    most_above: Ints
    access: Ints
    latest: Ints
    ready: Ints
    legal: tuple[Ints, Ints]
    office: tuple[Ints, Ints]
    municipality: tuple[Ints, Ints]
    wants: Floats
    lacks: Floats
    robust: tuple[Ints, Ints]
    sex: tuple[Ints, Ints]
    age: Ints
    age_min: Ints
    age_max: Ints
    persons: Ints
    temporary: Bools


def columns_of(data: Dataset, items: Sequence[Applicant], slots: Sequence[tuple[Unit, ...]]) -> Columns:
    """Columns of a data set's items and slots."""
    units = [units[0] for units in slots]
    groups = [data.group[unit.group_id] for unit in units]
    end = data.info.horizon_end
    kind = Codes(a.target_group for a in items)
    legal = Codes(a.legal_basis for a in items)
    office = Codes(a.deciding_office for a in items)
    municipality = Codes(a.municipality for a in items)
    feature = Codes(word for a in items for word in a.required_features)
    sex = Codes(a.sex for a in items)
    return Columns(
        kinds=tuple(kind.words),
        kind=kind.of(a.target_group for a in items),
        accepts=kind.matrix([g.target_groups for g in groups]),
        need=ints([a.service_need.step for a in items]),
        most_above=ints([a.max_steps_above for a in items]),
        access=ints([g.service_access.step for g in groups]),
        latest=ints([min(a.latest_move_in or end, end).toordinal() for a in items]),
        ready=ints([u.available_from.toordinal() for u in units]),
        legal=(legal.of(a.legal_basis for a in items), legal.of(u.legal_basis for u in units)),
        office=(office.of(a.deciding_office for a in items), office.of(u.deciding_office for u in units)),
        municipality=(
            municipality.of(a.municipality for a in items),
            municipality.of(data.site[g.site_id].municipality for g in groups),
        ),
        wants=feature.matrix([a.required_features for a in items]).astype(np.float32),
        lacks=(~feature.matrix([u.features for u in units])).astype(np.float32),
        robust=(ints([a.robustness_need for a in items]), ints([u.robustness for u in units])),
        sex=(sex.of(a.sex for a in items), sex.of(u.sex_only for u in units)),
        age=ints([a.age for a in items]),
        age_min=ints([0 if u.age_min is None else u.age_min for u in units]),
        age_max=ints([NO_LIMIT if u.age_max is None else u.age_max for u in units]),
        persons=ints([u.max_persons for u in units]),
        temporary=np.array([u.temporary for u in units], dtype=bool),
    )
