"""The command that simulates every commune, district and province of a country."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..base.errors import KontumError
from ..base.words import number, text
from .common import Lang, both, console_for, decimal, print_table, progress_bar

if TYPE_CHECKING:
    import pandas as pd

    from ..national import Simulation

app = typer.Typer()
MOST_ROWS = 63  # of a level on the console: the provinces of the country


@app.command(help=both("cli.simulate.help"))
def simulate(
    communes: Annotated[str, typer.Option(help=both("cli.simulate.communes"))] = "synthetic",
    draws: Annotated[int, typer.Option(help=both("cli.simulate.draws"))] = 10_000,
    seed: Annotated[int, typer.Option(help=both("cli.simulate.seed"))] = 3299,
    start: Annotated[int, typer.Option("--from", help=both("cli.simulate.start"))] = 2025,
    years: Annotated[int, typer.Option(help=both("cli.simulate.years"))] = 10,
    target: Annotated[float, typer.Option(parser=decimal, metavar="NUMBER", help=both("cli.simulate.target"))] = 0.05,
    threads: Annotated[int, typer.Option(help=both("cli.simulate.threads"))] = 1,
    scheduler: Annotated[str | None, typer.Option(help=both("cli.simulate.scheduler"))] = None,
    chunk: Annotated[int, typer.Option(help=both("cli.simulate.chunk"))] = 256,
    out: Annotated[Path | None, typer.Option("--out", help=both("cli.simulate.out"))] = None,
    resume: Annotated[Path | None, typer.Option("--resume", help=both("cli.simulate.resume"))] = None,
    lang: Lang = "vi",
) -> None:
    """Simulate, print the country and its provinces, write everything where asked."""
    from ..national import simulate_panel

    console = console_for()
    if out is not None and not out.absolute().parent.is_dir():
        raise KontumError("simulate.error.out", folder=out.parent)
    areas = _areas(communes)
    times = range(start + 1, start + 1 + years)
    workers, address = threads if scheduler is None else "dask", None if scheduler == "local" else scheduler
    try:
        with progress_bar(console) as progress:
            task = progress.add_task(text("simulate.progress", lang), total=None)

            def shown(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total)

            found = simulate_panel(
                areas,
                times,
                draws,
                seed,
                start=start,
                target=target,
                chunk=chunk,
                workers=workers,
                scheduler=address,
                resume=resume,
                progress=shown,
            )
    except KeyboardInterrupt:
        if resume is not None:
            console.print(text("simulate.stopped", lang, folder=resume), highlight=False, markup=False, soft_wrap=True)
        raise
    _print(console, found, lang)
    if out is not None:
        _write(console, found, out, lang)


def _areas(communes: str) -> pd.DataFrame:
    """The synthetic country, or the areas of a CSV file."""
    if communes == "synthetic":
        from ..national import synthetic_country

        return synthetic_country()
    from ..national.tree import read_areas

    if not Path(communes).is_file():
        raise KontumError("simulate.error.no_file", value=communes)
    return read_areas(communes)


def _print(console: Console, found: Simulation, lang: str) -> None:
    about, totals = found.about, found.totals
    if about["synthetic"]:
        console.print(text("simulate.synthetic", lang), highlight=False)
    console.print(text("simulate.scenario", lang, draws=about["draws"], seed=about["seed"]), highlight=False)
    last = totals["year"].max()
    for level in dict.fromkeys(totals["level"]):
        rows = totals[totals["level"] == level]
        alone = rows["area"].nunique() == 1
        rows = rows if alone else rows[rows["year"] == last]
        title = (
            text("simulate.totals", lang, target=about["target"])
            if alone and level == "nation"
            else text(
                "simulate.groups", lang, level=text(f"simulate.level.{level}", lang), year=last, target=about["target"]
            )
        )
        print_table(console, _written(rows.head(MOST_ROWS), lang), title)
        if len(rows) > MOST_ROWS:
            console.print(text("simulate.shown", lang, count=MOST_ROWS), highlight=False)


def _written(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Rows of totals as strings, with the words of the language as column names."""
    shown = rows[["area"]].rename(columns={"area": text("simulate.col.area", lang)})
    shown[text("simulate.col.year", lang)] = rows["year"].astype(str)
    shown[text("simulate.col.areas", lang)] = [number(v, 0, lang) for v in rows["areas"]]
    for name in ("mean", "q05", "q50", "q95", "p_target"):
        shown[text(f"simulate.col.{name}", lang)] = [
            number(100 * v, 2 if name != "p_target" else 1, lang) for v in rows[name]
        ]
    shown[text("simulate.col.areas_mean", lang)] = [number(v, 0, lang) for v in rows["areas_mean"]]
    ends = zip(rows["areas_q05"], rows["areas_q95"], strict=True)
    shown[text("simulate.col.areas_range", lang)] = [f"{number(a, 0, lang)}–{number(b, 0, lang)}" for a, b in ends]
    return shown


def _write(console: Console, found: Simulation, out: Path, lang: str) -> None:
    from ..base.files import write_whole

    table = found.table()
    table.insert(0, "synthetic", "yes" if found.about["synthetic"] else "no")
    content = table.to_csv(index=False, lineterminator="\n", float_format="%.9g")
    write_whole(out, content.encode("utf-8-sig"))  # with the mark by which Excel knows UTF-8
    console.print(text("project.written", lang, file=out.name), highlight=False, soft_wrap=True)
