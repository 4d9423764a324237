"""The command that simulates every commune, district and province of a country."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ..base.errors import KontumError, Words
from ..base.files import write_whole
from ..base.words import number, text
from .common import Lang, both, console_for, decimal, print_table, progress_bar, say

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer()
MOST_ROWS = 63  # of a level on the console: the provinces of the country
COLUMNS = (  # of the console: name, scale, decimals
    ("areas", 1, 0),
    *((name, 100, 2) for name in ("mean", "q05", "q50", "q95")),
    ("p_target", 100, 1),
    ("areas_mean", 1, 0),
)


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
    chunk: Annotated[int, typer.Option(help=both("cli.simulate.chunk"))] = 400,
    out: Annotated[Path | None, typer.Option("--out", help=both("cli.simulate.out"))] = None,
    resume: Annotated[Path | None, typer.Option("--resume", help=both("cli.simulate.resume"))] = None,
    lang: Lang = "vi",
) -> None:
    """Simulate, print the country and its provinces, write everything where asked."""
    from ..national import simulate_panel, synthetic_country
    from ..national.tree import read_areas

    console = console_for()
    if out is not None and not out.absolute().parent.is_dir():
        raise KontumError("simulate.error.out", folder=out.parent)
    areas = synthetic_country() if communes == "synthetic" else read_areas(communes)
    settings: dict[str, Any] = dict(start=start, target=target, chunk=chunk, workers=threads, scheduler=scheduler)
    try:
        with progress_bar(console) as bar:
            task = bar.add_task(text("simulate.progress", lang), total=None)

            def show(areas: int, total: int) -> None:
                bar.update(task, completed=areas, total=total)

            times = range(start + 1, start + 1 + years)
            result = simulate_panel(areas, times, draws, seed, resume=resume, progress=show, **settings)
    except KeyboardInterrupt:
        store_words = Words("simulate.not_kept") if resume is None else Words("simulate.kept", folder=resume)
        say(console, "simulate.stopped", lang, kept=store_words)
        raise
    if result.about["synthetic"]:
        say(console, "simulate.synthetic", lang)
    say(console, "simulate.scenario", lang, draws=draws, seed=seed)
    tables = result.totals if len(result.totals) else result.margins  # areas without a parent add up to nothing
    for level, rows in tables.groupby("level", sort=False):
        _print_level(console, str(level), rows, target, lang)
    if out is not None:
        content = result.table().to_csv(index=False, lineterminator="\n", float_format="%.9g")
        write_whole(out, content.encode("utf-8-sig"))  # with the mark by which Excel knows UTF-8
        say(console, "project.written", lang, file=out.name)


def _print_level(console: Console, level: str, rows: pd.DataFrame, target: float, lang: str) -> None:
    """The country year by year; of another level the last year alone, and no more than so many rows."""
    import pandas as pd

    title = text("simulate.totals", lang, target=target)
    if level != "nation" or rows["area"].nunique() > 1:
        last, name = rows["year"].max(), text(f"simulate.level.{level}", lang)
        rows, title = rows[rows["year"] == last], text("simulate.groups", lang, level=name, year=last, target=target)
    top = rows.head(MOST_ROWS)
    words: dict[str, Any] = {"area": top["area"], "year": top["year"].astype(str)}
    for name, scale, decimals in COLUMNS:
        if name in top:
            words[name] = [number(scale * value, decimals, lang) for value in top[name]]
    if "areas" in top:
        ends = zip(top["areas_q05"], top["areas_q95"], strict=True)
        words["areas_range"] = [
            f"{number(low, 0, lang)}–{number(high, 0, lang)}" if low < high else "–" for low, high in ends
        ]
    columns = {text(f"simulate.col.{name}", lang): values for name, values in words.items()}
    print_table(console, pd.DataFrame(columns), title)
    if len(rows) > MOST_ROWS:
        say(console, "simulate.shown", lang, count=MOST_ROWS)
