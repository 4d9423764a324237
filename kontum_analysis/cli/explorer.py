"""The command that writes the explorer."""

from pathlib import Path
from typing import Annotated

import typer

from ..base.errors import KontumError
from ..base.words import text
from .common import (
    AsOf,
    Data,
    Lang,
    Overwrite,
    Own,
    both,
    check_target,
    console_for,
    observations_for,
    scenario_named,
    scenarios,
    write_file,
)

app = typer.Typer()


@app.command("explorer", help=both("cli.explorer.help"))
def explorer(
    out: Annotated[Path | None, typer.Option("--out", help=both("cli.option.explorer_out"))] = None,
    scenario: Annotated[
        str,
        typer.Option("--scenario", help=both("cli.option.explorer_scenario"), autocompletion=scenarios),
    ] = "programme-mid",
    as_of: AsOf = None,
    data: Data = None,
    with_own: Own = True,
    overwrite: Overwrite = False,
    lang: Lang = "vi",
) -> None:
    """Write the explorer as one HTML page."""
    from ..explorer.page import build_page

    out = out or Path(text("explorer.file", lang))
    check_target(out)
    if out.suffix.lower() not in (".html", ".htm"):
        raise KontumError("explorer.error.suffix", name=out.name)
    console = console_for()
    obs = observations_for(console, lang, as_of, data, with_own)
    folder, assumptions = str(data) if data else None, scenario_named(scenario, console, lang)
    write_file(console, lang, out, build_page(obs, lang, assumptions, as_of, folder), overwrite)
