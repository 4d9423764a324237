"""What every command shares: options and what the Tab key offers for them, consoles, tables, files that are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..base.errors import KontumError, Words
from ..base.files import FIGURES, SCENARIOS, save
from ..base.words import LANGUAGES
from .words import BadNumber
from .words import both as both  # for every command

if TYPE_CHECKING:
    import pandas as pd
    from rich.progress import Progress

    from ..poverty.scenarios import Scenario


run_options: dict[str, str] = {}  # of this run, also for an error that ends it: the language


def begin() -> None:
    """What holds until the command line says otherwise."""
    run_options.update(lang=LANGUAGES[0])


begin()


def _choose(lang: str) -> str:
    if lang not in LANGUAGES:
        raise KontumError("error.language", value=repr(lang), allowed=", ".join(LANGUAGES))
    run_options["lang"] = lang
    return lang


def _offer(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """What the Tab key offers, read from names of files so that it answers at once."""
    return lambda incomplete: [name for name in names() if name.startswith(incomplete)]


def _scenario_names() -> list[str]:
    return [*sorted(path.stem for path in SCENARIOS.glob("*.yaml")), *sorted(p.name for p in Path().glob("*.yaml"))]


languages = _offer(lambda: LANGUAGES)
forms = _offer(lambda: ("linear", "proportional", "logistic", "stock_flow"))
scenarios = _offer(_scenario_names)
figures = _offer(lambda: sorted(path.stem for path in (FIGURES / LANGUAGES[0]).glob("*.png")))

Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        envvar="KONTUM_LANG",
        is_eager=True,
        callback=_choose,
        autocompletion=languages,
        help=both("cli.option.lang"),
    ),
]
Data = Annotated[Path | None, typer.Option("--data", help=both("cli.option.data"))]
AsOf = Annotated[str | None, typer.Option("--as-of", help=both("cli.option.as_of"))]
Own = Annotated[bool, typer.Option("--own/--no-own", help=both("own.cli.own"))]
Overwrite = Annotated[bool, typer.Option("--overwrite", help=both("cli.option.overwrite"))]


def observations_for(
    console: Console, lang: str, as_of: str | None = None, data: Path | None = None, with_own: bool = True
) -> pd.DataFrame:
    """Observations for a question of the user's own: with the office's own figures, which a line names, or without."""
    from ..data.observations import figures_by_office, load_observations

    obs = load_observations(as_of=as_of, data=data, user=with_own or None)
    for office, count in (figures_by_office(obs, data=data) if with_own else {}).items():
        say(console, "own.used", lang, count=count, office=office)
    return obs


def offices_in(obs: pd.DataFrame, data: Path | None, with_own: bool) -> tuple[str, ...]:
    """The names of the offices whose own figures are in these observations."""
    from ..data.observations import figures_by_office

    return tuple(figures_by_office(obs, data=data)) if with_own else ()


def scenario_named(name: str, console: Console | None = None, lang: str = "") -> Scenario:
    """The scenario of a file, the shipped one of this name or the user's own; with a console, a line says which."""
    from ..offices.scenarios import find_scenario

    scenario, origin = find_scenario(name)
    if console is not None:
        say(console, "project.origin", lang, name=scenario.name, origin=origin)
    return scenario


def decimal(value: object) -> float:
    """A number as people type it: 3.5 or, as Vietnamese writes it, 3,5."""
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        raise BadNumber(Words("error.cli.decimal", value=str(value))) from None


def console_for(stderr: bool = False) -> Console:
    """The console, wide enough for our tables where it is a file or a pipe."""
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(width=150, stderr=stderr)


def say(console: Console, key: str, lang: str, **values: object) -> None:
    """Print a text (its values may be words) as it is: no colours, no marks, no line broken within a path."""
    console.print(Words(key, **values).in_language(lang), highlight=False, markup=False, soft_wrap=True)


def progress_bar(console: Console) -> Progress:
    """A line a step: what is done, how much of it, for how long."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def print_table(console: Console, frame: pd.DataFrame, caption: str | None = None) -> None:
    """A table of strings on the console: the first column to the left, the others to the right."""
    from rich.table import Table

    grid = Table(title=caption, title_justify="left", header_style="bold")
    for index, name in enumerate(frame.columns):
        grid.add_column(str(name), justify="left" if index == 0 else "right")
    for row in frame.itertuples(index=False):
        grid.add_row(*map(str, row))
    console.print(grid)


def check_target(path: Path, option: str = "--out") -> None:
    """Refuse, before any work is done, the name of a file in a folder that is not there, or of a folder."""
    if not path.absolute().parent.is_dir():
        raise KontumError("error.cli.no_folder", option=option, folder=path.parent)
    if path.is_dir():
        raise KontumError("error.cli.is_folder", option=option, folder=path)


def write_file(
    console: Console, lang: str, path: Path, content: str | bytes, overwrite: bool, option: str = "--out"
) -> None:
    """Write one file that the user named, unless somebody has changed it since; a line says where it is.

    option: the one it was named with.
    """
    save({path: content}, path, overwrite, option)
    say(console, "project.written", lang, file=path.resolve())
