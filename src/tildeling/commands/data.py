"""Commands on data as such: the empty workbook, the schema, conversion, pseudonyms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tildeling.cli import BAD_INPUT, say, tell
from tildeling.errors import DataError
from tildeling.texts import Lang, text


class Language(StrEnum):
    """Languages of messages."""

    en = "en"
    nb = "nb"

    @property
    def code(self) -> Lang:
        """The code that texts are kept under."""
        return "nb" if self is Language.nb else "en"


class DataKind(StrEnum):
    """Kinds of data sets."""

    housing = "housing"
    rota = "rota"


Kind_ = Annotated[DataKind, typer.Option("--kind", help="Homes and applicants, or a rota.")]
Language_ = Annotated[Language, typer.Option("--lang", help="Language of messages and titles.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what exists.")]
Source = Annotated[
    Path, typer.Argument(help="A folder of CSV files, a workbook (.xlsx) or a document (.json).")
]
Target = Annotated[Path, typer.Argument(help="A folder, or a file ending in .xlsx or .json.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(template)
    app.command()(schema)
    app.command()(convert)
    app.command()(pseudonymise)


def template(
    out: Annotated[Path, typer.Argument(help="The workbook to write, ending in .xlsx.")],
    lang: Language_ = Language.en,
    force: Force = False,
    kind: Kind_ = DataKind.housing,
) -> None:
    """Write an empty workbook with drop-downs and notes."""
    from tildeling.files.kinds import kind_called
    from tildeling.files.template import write_template

    if out.suffix.lower() != ".xlsx":
        raise typer.BadParameter(text("data.not_xlsx", lang.code), param_hint="OUT")
    write_template(out, lang=lang.code, force=force, kind=kind_called(kind))
    say(text("data.written", lang.code, out=out))


def schema(
    out: Annotated[Path | None, typer.Option("--out", help="Write here instead of to the terminal.")] = None,
    lang: Language_ = Language.en,
    force: Force = False,
    kind: Kind_ = DataKind.housing,
) -> None:
    """Write the JSON Schema of the JSON document, with descriptions, units and allowed values."""
    from tildeling.files.kinds import kind_called
    from tildeling.files.saving import refuse_existing, whole_file
    from tildeling.files.schema import json_schema

    content = json.dumps(json_schema(kind_called(kind)), ensure_ascii=False, indent=2)
    if out is None:
        say(content)
        return
    if out.suffix.lower() != ".json":
        raise typer.BadParameter(text("data.not_json", lang.code), param_hint="--out")
    refuse_existing(out, force=force)
    with whole_file(out) as draft:
        draft.write_text(content + "\n", encoding="utf-8")
    say(text("data.written", lang.code, out=out))


def convert(source: Source, out: Target, lang: Language_ = Language.en, force: Force = False) -> None:
    """Read and check a data set of homes or of a rota, and write it in another format."""
    from tildeling.files import read_any, write_dataset

    with _in_language(lang.code):
        write_dataset(read_any(source), out, force=force)
    say(text("data.written", lang.code, out=out))


def pseudonymise(
    source: Source,
    out: Target,
    key: Annotated[
        Path | None, typer.Option("--key", help="The key file, kept and added to. Default: OUT.key.csv.")
    ] = None,
    lang: Language_ = Language.en,
    force: Force = False,
) -> None:
    """Copy a data set with people's ids replaced by pseudonyms; the key stays in a file of its own."""
    from tildeling.files.pseudonyms import pseudonymise as run

    with _in_language(lang.code):
        done = run(source, out, key, force=force)
    say(
        text(
            "data.pseudonymised", lang.code, out=out, people=done.people, new=done.new, key_file=done.key_file
        )
    )


@contextmanager
def _in_language(lang: Lang) -> Iterator[None]:
    """Report faults in the language asked for."""
    try:
        yield
    except DataError as error:
        tell(error.report(lang))
        tell(text("data.faults", lang, count=len(error.faults)))
        raise typer.Exit(BAD_INPUT) from None
