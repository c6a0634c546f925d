"""The command line: gathers the commands, maps errors to exit codes, configures logging."""

from __future__ import annotations

import logging
import os
import sys
from importlib.metadata import entry_points

import click
import typer

from tildeling.errors import DataError, RejectedSolution, TildelingError

OK, BREACHES, BAD_INPUT, INFEASIBLE, NO_SOLUTION, REJECTED, CANCELLED = 0, 1, 2, 3, 4, 70, 130
"""Exit codes, as in the contract."""


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
    """Send the library's log to standard error at a level by name."""
    logging.basicConfig(
        level=level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


def main() -> None:
    """Run the command line and exit with a code of the contract."""
    configure_logging(os.environ.get("TILDELING_LOG_LEVEL", "warning"))
    lang = "nb" if os.environ.get("LANG", "").lower().startswith(("nb", "no", "nn")) else "en"
    try:
        code = build_app()(standalone_mode=False)
    except DataError as error:
        print(error.report(lang), file=sys.stderr)  # noqa: T201
        print(f"{len(error.faults)} fault(s); nothing was written", file=sys.stderr)  # noqa: T201
        code = BAD_INPUT
    except RejectedSolution as error:
        print(f"bug: the checker rejected the engine's solution: {error}", file=sys.stderr)  # noqa: T201
        code = REJECTED
    except (TildelingError, OSError) as error:
        print(str(error), file=sys.stderr)  # noqa: T201
        code = BAD_INPUT
    except click.exceptions.Abort:
        code = CANCELLED
    except click.ClickException as error:
        error.show()
        code = BAD_INPUT
    sys.exit(code if isinstance(code, int) else OK)
