"""The command line: gathers the commands, maps errors to exit codes, configures logging."""

from __future__ import annotations

import itertools
import logging
import os
import sys
import traceback
from importlib.metadata import entry_points
from typing import Any, TextIO, cast

import typer

from tildeling.errors import DataError, RejectedSolution, TildelingError, UsageError
from tildeling.texts import LANGS, Lang

OK, BREACHES, BAD_INPUT, INFEASIBLE, NO_SOLUTION, REJECTED, CANCELLED = 0, 1, 2, 3, 4, 70, 130
"""Exit codes, as in the contract."""

LOG_LEVELS = ("debug", "info", "warning", "error")

BadUsage = cast(
    type[Exception], next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
)
"""What typer raises for a command line it cannot read; newer versions carry a click of their own."""


def build_app() -> typer.Typer:
    """The application with every installed command.

    A package adds commands by an entry point in the group ``tildeling.commands`` that names a function
    ``register(app)``; the library never imports them by name.
    """
    app = typer.Typer(
        name="tildeling",
        help="Assigns applicants to care homes in groups, and the groups to staff bases.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for entry in sorted(entry_points(group="tildeling.commands"), key=lambda entry: entry.name):
        entry.load()(app)
    return app


def configure_logging(level: str) -> None:
    """Send the library's log to standard error at a level by name.

    Raises
    ------
    UsageError
        If there is no such level.
    """
    if level.lower() not in LOG_LEVELS:
        raise UsageError(f"log level {level!r} is not one of {', '.join(LOG_LEVELS)}")
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=level.upper(), stream=sys.stderr, format=form, force=True)


def say(words: str) -> None:
    """Print to standard output; where nobody listens any more (``| head``), to nobody."""
    _print(words, sys.stdout)


def tell(words: str) -> None:
    """Print to standard error, as :func:`say` does."""
    _print(words, sys.stderr)


def _print(words: str, stream: TextIO) -> None:
    try:
        print(words, file=stream, flush=True)
    except BrokenPipeError:
        _silence(stream)


def _silence(stream: TextIO) -> None:
    """Lead a stream whose reader is gone to nowhere, so that the command can end its work in peace."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def main() -> None:
    """Run the command line and exit with a code of the contract."""
    _prepare_streams()
    code = _run(_language(sys.argv))
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            _silence(stream)
    sys.exit(code if isinstance(code, int) else OK)


def _language(words: list[str]) -> Lang:
    """The language of faults: that of ``--lang``, else that of the environment."""
    chosen = dict(itertools.pairwise(words)).get("--lang")
    if chosen in LANGS:
        return LANGS[LANGS.index(chosen)]
    return "nb" if os.environ.get("LANG", "").lower().startswith(("nb", "no", "nn")) else "en"


def _run(lang: Lang) -> Any:
    try:
        configure_logging(os.environ.get("TILDELING_LOG_LEVEL") or "warning")
        return build_app()(standalone_mode=False)
    except DataError as error:
        tell(error.report(lang))
        tell(f"{len(error.faults)} fault(s); nothing was written")
    except RejectedSolution as error:
        tell(f"bug: the checker rejected the engine's solution: {error}")
        return REJECTED
    except BadUsage as error:
        cast(Any, error).show()
    except BrokenPipeError:
        return OK
    except (TildelingError, OSError) as error:
        tell(str(error))
    except (typer.Abort, KeyboardInterrupt):
        return CANCELLED
    except Exception:
        # 1 would say that a check found breaches
        tell(f"bug: {traceback.format_exc()}")
        return REJECTED
    return BAD_INPUT


def _prepare_streams() -> None:
    """Streams that are there, and that write what the terminal's encoding lacks as question marks."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    cast(Any, sys.stdout).reconfigure(errors="replace")
