"""Arguments that commands of rotas share, and the data set they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tildeling.rota.dataset import RotaDataset

DatasetArg = Annotated[Path, typer.Argument(help="A folder of CSV files, a workbook, or a JSON document.")]
PlanArg = Annotated[
    Path, typer.Argument(help="A folder with rota.csv, a rota.csv, or a planner's sheet (XLSX).")
]
EngineName = Annotated[
    str, typer.Option("--engine", help="auto, cpsat, neighbourhoods, columns, mip-highs, mip-cbc.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
HistorySheet = Annotated[
    Path | None,
    typer.Option(
        "--history", help="The last weeks worked, from a planner's sheet (XLSX), for table history."
    ),
]
PublishedSheet = Annotated[
    Path | None,
    typer.Option(
        "--published", help="The published plan, from a planner's sheet (XLSX), for table published."
    ),
]


def data_of(dataset: Path, history: Path | None = None, published: Path | None = None) -> RotaDataset:
    """The data set, its last weeks and published plan taken from sheets where some are given.

    Raises
    ------
    DataError
        With every fault of the data set, or of the sheets.
    UsageError
        If a base rota, which repeats, is given either.
    OSError
        If something cannot be opened.
    """
    from tildeling.files import read_rota
    from tildeling.rota.reading import with_sheets

    return with_sheets(read_rota(dataset), history, published)
