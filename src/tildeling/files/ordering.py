"""Faults as they are shown: in the order of tables and rows, with nothing in them that names a person."""

from __future__ import annotations

from typing import Any

from tildeling.errors import Fault
from tildeling.files.identity import masked
from tildeling.files.kind import Kind
from tildeling.files.raw import POLICY


def in_order(faults: list[Fault], kind: Kind[Any]) -> list[Fault]:
    """By table and row; faults of whole files first, the policy's last."""
    order = {name: index for index, name in enumerate(("", *kind.tables, POLICY))}
    return sorted(faults, key=lambda fault: (order[fault.table], _row(fault), fault.line or 0))


def _row(fault: Fault) -> int:
    return -1 if fault.row is None else fault.row


def covered(fault: Fault) -> Fault:
    """The fault with every identity number in it masked, wherever it came along."""
    return fault.at(
        value=masked(fault.value),
        column=masked(fault.column),
        hint=masked(fault.hint),
        file=masked(fault.file),
        sheet=masked(fault.sheet),
        params={key: masked(value) for key, value in fault.params.items()},
    )
