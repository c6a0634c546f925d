"""Commands of rotas: rota, rota check, rota repair, rota substitutes, rota why, rota roll-out."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from tildeling.commands.rota.asking import check, substitutes, why
from tildeling.commands.rota.making import plan, repair, roll_out


class _PlansByDefault(TyperGroup):
    """A group in which ``rota DATASET`` means ``rota plan DATASET``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["plan", *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add the commands of rotas."""
    rota = typer.Typer(
        cls=_PlansByDefault,
        no_args_is_help=True,
        help="Plans who works when, within working-time law: rota DATASET, or one of the commands below.",
    )
    for command in (plan, check, repair, substitutes, why):
        rota.command()(command)
    rota.command("roll-out")(roll_out)
    app.add_typer(rota, name="rota")
