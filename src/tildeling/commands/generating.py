"""The command that makes synthetic data sets of any size."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from tildeling.cli import configure_logging, say
from tildeling.commands import running as run
from tildeling.texts import text


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(generate)


def generate(
    preset: Annotated[str, typer.Argument(help="county, region or nation.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write; default out/PRESET.")] = None,
    seed: run.Seed = 0,
    applicants: Annotated[int | None, typer.Option(help="Applicants; the rest keeps its proportion.")] = None,
    groups: Annotated[int | None, typer.Option(help="Groups, lived in or not.")] = None,
    bases: Annotated[int | None, typer.Option(help="Bases, near and ambulatory ones among them.")] = None,
    municipalities: Annotated[
        int | None, typer.Option(help="Municipalities nobody is placed out of; 0: one area of co-operation.")
    ] = None,
    conflicts: Annotated[int | None, typer.Option(help="Pairs with a verified conflict.")] = None,
    force: run.Force = False,
    lang: run.Language = "nb",
    quiet: run.Quiet = False,
    log_level: run.LogLevel = "warning",
) -> None:
    """Make a synthetic data set: the same folder from the same seed, and no basis for decisions."""
    from tildeling.housing.generate.output import FILES, write_instance
    from tildeling.housing.generate.presets import sized
    from tildeling.housing.generate.scenario import generate as made
    from tildeling.housing.generate.scenario import policy_of
    from tildeling_models.progress import Event

    configure_logging(log_level)
    size = sized(
        preset, applicants=applicants, groups=groups, bases=bases, municipalities=municipalities,
        conflicts=conflicts,
    )  # fmt: skip
    begun = time.monotonic()
    target = out or Path("out") / preset
    run.require_writable(target, force, FILES)
    with run.shown_progress(quiet) as progress:
        data = made(preset, size, seed, progress)
        progress.event(Event("write", elapsed=time.monotonic() - begun))
        with run.written_beside(target, force, FILES) as folder:
            write_instance(data, folder, policy_of(data.info.dataset_id))
    counts = {name: len(data.table(name)) for name in ("applicants", "groups", "units", "bases", "relations")}
    say(text("data.generated", lang, out=target, **counts))
