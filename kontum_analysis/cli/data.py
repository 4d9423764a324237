"""Commands about data: check a folder of raw tables."""

from pathlib import Path
from typing import Annotated

import typer

from ..labels import text
from .common import Lang, both, console_for

app = typer.Typer(help=both("cli.data.help"), no_args_is_help=True)


@app.command("check", help=both("cli.data.check.help"))
def data_check(folder: Annotated[Path | None, typer.Argument(help=both("cli.option.data"))] = None, lang: Lang = "vi"):
    """Check a folder of raw tables."""
    from ..observations import raw_tables

    console = console_for()
    tables = raw_tables(folder)
    console.print(text("data.sound", lang, files=len(tables), rows=sum(map(len, tables.values()))), highlight=False)
