"""What every command shares: options, numbers as people type them, tables on the console."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ..base.errors import KontumError, Words
from ..base.words import LANGUAGES, labels, text
from . import completion
from .usage import BadNumber

if TYPE_CHECKING:
    import pandas as pd

    from ..poverty.scenarios import Scenario


def both(key: str) -> str:
    """A text of the command line in both languages, for help and for messages before the language is known."""
    words = labels()[key]
    return f"{words['vi']} / {words['en']}"


chosen: dict[str, str] = {}  # of this run, also for an error that ends it: the language


def begin() -> None:
    """What holds until the command line says otherwise."""
    chosen.update(lang=LANGUAGES[0])


begin()


def _choose(lang: str) -> str:
    if lang not in LANGUAGES:
        raise KontumError("error.language", value=repr(lang), allowed=", ".join(LANGUAGES))
    chosen["lang"] = lang
    return lang


Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        envvar="KONTUM_LANG",
        is_eager=True,
        callback=_choose,
        autocompletion=completion.languages,
        help=both("cli.option.lang"),
    ),
]
Data = Annotated[Path | None, typer.Option("--data", help=both("cli.option.data"))]
AsOf = Annotated[str | None, typer.Option("--as-of", help=both("cli.option.as_of"))]
Own = Annotated[bool, typer.Option("--own/--no-own", help=both("own.cli.own"))]


def observations_for(
    console: Console, lang: str, as_of: str | None = None, data: Path | None = None, own: bool = True
) -> pd.DataFrame:
    """Observations for a question of the user's own: with the office's own figures, which one line
    names, or without.
    """
    from ..data.observations import load_observations
    from ..offices.store import used

    obs = load_observations(as_of=as_of, data=data, user=own or None)
    for office, count in (used(obs, data=data) if own else {}).items():
        console.print(text("own.used", lang, count=count, office=office), highlight=False, markup=False, soft_wrap=True)
    return obs


def decimal(value: object) -> float:
    """A number as people type it: 3.5 or, as Vietnamese writes it, 3,5."""
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        raise BadNumber(Words("error.cli.decimal", value=str(value))) from None


def console_for() -> Console:
    """The console, wide enough for our tables where it is a file or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=150)


def progress_bar(console: Console) -> Progress:
    """A line a step: what is done, how much of it, for how long."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def scenario_named(name: str) -> Scenario:
    """The scenario of a .yaml file, else the preset of this name."""
    from ..poverty.scenarios import load, preset

    return load(name) if name.endswith((".yaml", ".yml")) else preset(name)


def print_table(console: Console, frame: pd.DataFrame, caption: str | None = None) -> None:
    """A table of strings on the console: the first column to the left, the others to the right."""
    grid = Table(title=caption, title_justify="left", header_style="bold")
    for index, name in enumerate(frame.columns):
        grid.add_column(str(name), justify="left" if index == 0 else "right")
    for row in frame.itertuples(index=False):
        grid.add_row(*map(str, row))
    console.print(grid)
