"""Commands for whoever works on the machine: what is kept how long, and its end."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tildeling.cli import OK, say, tell
from tildeling.errors import UsageError
from tildeling_api.access.commands import database

if TYPE_CHECKING:
    from tildeling_api.retention.due import Due

CLASSES = typer.Option("--classes", help="A TOML file with `days` and `source` of classes of one's own.")
SHOWN = 200
"""Lines of a dry run, at most."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(purge)
    app.command()(retention)


def retention(
    own: Annotated[Path | None, CLASSES] = None,
    lang: Annotated[str, typer.Option("--lang", help="nb or en.")] = "nb",
) -> int:
    """Classes of what the service keeps: after how many days each goes, what it covers, and on what ground."""
    from tildeling.texts import LANGS
    from tildeling_api.retention.classes import classes

    if lang not in LANGS:
        raise UsageError(f"--lang {lang}: is not one of {', '.join(LANGS)}")
    never, days = ("aldri", "dager") if lang == "nb" else ("never", "days")
    for name, each in classes(own).items():
        after = never if each.days is None else f"{each.days} {days}"
        say(f"{name}: {after}; {each.covers(LANGS[LANGS.index(lang)])} ({each.source})")
    return OK


def purge(
    archive: Annotated[
        Path | None, typer.Option("--archive", help="A ZIP to write first, .zip; it must not exist.")
    ] = None,
    only: Annotated[
        str | None, typer.Option("--class", help="One class; see `tildeling retention`. Default: all.")
    ] = None,
    before: Annotated[
        str | None, typer.Option("--before", help="What is from before this day, YYYY-MM-DD; "
                                 "default: as many days ago as each class says.")
    ] = None,
    own: Annotated[Path | None, CLASSES] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go.")] = False,
) -> int:  # fmt: skip
    """Purge what was kept long enough: content goes, lines, hashes and the trail stay.

    First everything is written to an archive, which is read back.  It holds health data as the database did: keep it
    as such, or hand it over to the archive.
    """
    day = _day(before)
    if archive is None and not dry_run:
        raise UsageError("--archive FILE.zip: nothing is purged that was not archived; or give --dry-run")
    with database("purge") as opened:
        from tildeling_api.access.accounts import now
        from tildeling_api.retention import purge as purging
        from tildeling_api.retention.classes import classes, cutoffs

        at = now()
        limits = cutoffs(classes(own), at, only, day)
        if archive is None or dry_run:
            found = purging.listed(opened, limits)
            _show(found)
            say(f"{_counted(found)} would be purged")
            return OK
        done = purging.purge(opened, limits, archive, at)
        if done is None:
            say("nothing was kept that long")
        else:
            say(f"{_counted(done.gone)} purged; archive {archive}, SHA-256 {done.digest}")
            if len(done.gone) < len(done.archived):
                kept = len(done.archived) - len(done.gone)
                say(f"{kept} of what is archived stays: a job that was asked for meanwhile needs it")
        if not purging.swept(opened):
            tell("the database is being read: its file may hold purged content yet; run this again")
    return OK


def _show(found: list[Due]) -> None:
    for each in found[:SHOWN]:
        say(f"{each.of}: {each.what} {each.id} of tenant {each.tenant}, since {each.since:%Y-%m-%d}")
    if len(found) > SHOWN:
        say(f"... and {len(found) - SHOWN} more")


def _counted(found: list[Due] | tuple[Due, ...]) -> str:
    counts = Counter(each.what for each in found)
    return f"{counts['dataset']} data set(s) and {counts['job']} job(s)"


def _day(said: str | None) -> dt.date | None:
    if said is None:
        return None
    try:
        return dt.date.fromisoformat(said)
    except ValueError:
        raise UsageError(f"--before {said}: is no day (2026-03-31)") from None
