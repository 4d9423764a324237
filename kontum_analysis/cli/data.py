"""Commands about data: check a folder of raw tables; templates for an office's own figures, their import and undo."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ..base.errors import KontumError, Words, WriteError
from ..base.words import day_words, exact_day, number, text
from ..data.areas import area_name
from .common import Data, Lang, both, check_target, console_for, print_table, say

if TYPE_CHECKING:
    import pandas as pd

    from ..offices.layout import Layout
    from ..offices.store import Plan

app = typer.Typer(help=both("cli.data.help"), no_args_is_help=True)
YES = ("c", "có", "y", "yes", "co")


@app.command("check", help=both("cli.data.check.help"))
def data_check(
    folder: Annotated[Path | None, typer.Argument(help=both("cli.option.data"))] = None, lang: Lang = "vi"
) -> None:
    """Check a folder of raw tables."""
    from ..data.observations import raw_tables

    console = console_for()
    tables = raw_tables(folder, trusted=False)
    console.print(text("data.sound", lang, files=len(tables), rows=sum(map(len, tables.values()))), highlight=False)


@app.command("template", help=both("own.cli.template"))
def data_template(
    level: Annotated[str, typer.Option(help=both("own.cli.level"))] = "commune",
    year: Annotated[int, typer.Option(help=both("own.cli.year"))] = 2024,
    targets: Annotated[bool, typer.Option("--targets", help=both("own.cli.targets"))] = False,
    out: Annotated[Path, typer.Option(help=both("own.cli.out"))] = Path("template.xlsx"),
    lang: Lang = "vi",
) -> None:
    """Write the workbook an office fills in."""
    from ..base.files import holds, write_whole
    from ..offices.target_sheet import target_template
    from ..offices.template import template

    check_target(out)
    if out.suffix.lower() != ".xlsx":
        raise KontumError("own.error.out", file=out.name)
    content = target_template(year, lang) if targets else template(level, year, lang)
    if out.exists() and not holds(out, content):  # it may be filled in already
        raise KontumError("own.error.exists", file=out.name)
    try:
        write_whole(out, content)
    except WriteError:
        raise KontumError("own.error.cannot_write", folder=out.name) from None
    say(console_for(), "own.template.written", lang, file=out.name)


@app.command("import", help=both("own.cli.import"))
def data_import(
    file: Annotated[Path, typer.Argument(help=both("own.cli.file"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=both("own.cli.dry_run"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=both("own.cli.yes"))] = False,
    every: Annotated[bool, typer.Option("--all", help=both("own.cli.all"))] = False,
    sheet: Annotated[str | None, typer.Option(help=both("own.cli.sheet"))] = None,
    answers: Annotated[list[str] | None, typer.Option("--map", help=both("own.cli.map"))] = None,
    level: Annotated[str | None, typer.Option(help=both("own.cli.level_import"))] = None,
    office: Annotated[str | None, typer.Option(help=both("own.cli.office"))] = None,
    document: Annotated[str | None, typer.Option(help=both("own.cli.document"))] = None,
    date: Annotated[str | None, typer.Option(help=both("own.cli.date"))] = None,
    year: Annotated[int | None, typer.Option(help=both("own.cli.year"))] = None,
    data: Data = None,
    lang: Lang = "vi",
) -> None:
    """Show how a table is read and what it would change, and add it to the folder of own figures."""
    from ..data.own import home_path
    from ..offices.answers import answers_from
    from ..offices.columns import LEVELS
    from ..offices.store import store

    console = console_for()
    if level is not None and level not in LEVELS:
        raise KontumError("own.error.level", value=repr(level), allowed=", ".join(LEVELS))
    document_facts = dict(office=office, document=document, date=date, year=year)
    options = dict(data=data, answers=answers_from(answers or []), sheet=sheet, level=level, **document_facts)
    plan = _plan_or_reading(console, lang, file, **options)
    _print_plan(console, plan, every, lang)
    if not plan.is_news:
        say(console, "own.import.same", lang)
    elif dry_run:
        key = "own.import.dry_run_doubts" if plan.doubts else "own.import.dry_run"
        say(console, key, lang, count=len(plan.doubts))
    elif plan.doubts and not yes:
        raise KontumError("own.error.doubts", count=len(plan.doubts))
    elif yes or _has_agreed("own.error.ask", text("own.import.ask", lang, folder=home_path(plan.place))):
        entry = store(plan, file.name)
        key = "own.import.done_doubts" if plan.doubts else "own.import.done"
        say(console, key, lang, folder=home_path(plan.place), number=entry, count=len(plan.doubts))
    else:
        say(console, "own.import.not_done", lang)


@app.command("imports", help=both("own.cli.imports"))
def data_imports(lang: Lang = "vi") -> None:
    """List the imports into the folder of own figures, the latest first."""
    import pandas as pd

    from ..data.own import folder, home_path
    from ..offices.journal import imports

    console = console_for()
    entries = imports()
    if not entries:
        say(console, "own.imports.none", lang, folder=home_path(folder()))
        return
    names = ("number", "document", "date", "office", "year", "figures", "file")
    rows = [
        [
            str(entry.number or "–"),
            entry.document,
            _day_on_document(entry.date, lang),
            entry.office,
            entry.year,
            number(entry.figures, 0, lang),
            entry.file or "–",
        ]
        for entry in reversed(entries)
    ]
    table = pd.DataFrame(rows, columns=[text(f"own.imports.{name}", lang) for name in names])
    _print_words(console, table, text("own.imports.title", lang, folder=home_path(folder())))


@app.command("undo", help=both("own.cli.undo"))
def data_undo(
    entry: Annotated[int | None, typer.Argument(metavar="[ID]", help=both("own.cli.undo_id"))] = None,
    yes: Annotated[bool, typer.Option("--yes", help=both("own.cli.undo_yes"))] = False,
    lang: Lang = "vi",
) -> None:
    """Take an import out of the folder of own figures; without a number the last one, shown and asked about first."""
    from ..offices.store import to_undo, undo

    last = to_undo(entry)
    about: dict[str, object] = dict(number=last.number, document=last.document, office=last.office)
    about |= dict(date=_day_on_document(last.date, lang), figures=last.figures)
    if entry is None and not yes:
        say(console_for(), "own.undo.last", lang, file=last.file or "–", **about)
        if not _has_agreed("own.error.ask_undo", text("own.undo.ask", lang)):
            return say(console_for(), "own.undo.not_done", lang)
    undo(last.number)
    return say(console_for(), "own.undo.done", lang, **about)


def _plan_or_reading(console: Console, lang: str, file: Path, **options: Any) -> Plan:
    """What an import would do; where the table is refused, how it was read is shown before the refusal."""
    from ..offices.filled import MisreadTable
    from ..offices.reading import reading, reading_of_heading
    from ..offices.store import UnfitTable, plan_import

    try:
        return plan_import(file, **options)
    except MisreadTable as error:
        _print_words(console, reading_of_heading(error.layout, lang), _reading_title(error.layout, lang))
        raise
    except UnfitTable as error:
        _print_words(console, reading(error.filled, lang), _reading_title(error.filled.layout, lang))
        _print_doubts(console, error.doubts, lang)
        raise


def _has_agreed(without_terminal: str, question: str) -> bool:
    if not sys.stdin.isatty():
        raise KontumError(without_terminal)
    return typer.prompt(question).strip().casefold() in YES


def _print_plan(console: Console, plan: Plan, every: bool, lang: str) -> None:
    from ..offices.reading import reading

    filled, rows = plan.filled, plan.changes
    _print_words(console, reading(filled, lang), _reading_title(filled.layout, lang))
    day = _day_on_document(filled.date, lang)
    about = dict(office=filled.office, document=filled.document, date=day, year=filled.year)
    say(console, "own.import.source", lang, **about)
    counted = rows.groupby("kind").size()
    for kind in ("new", "same", "replaces_own", "replaces_estimate", "contradicts"):
        if kind in counted:
            console.print("  " + text(f"own.kind.{kind}", lang, count=int(counted[kind])), highlight=False)
    shown_rows = rows if every else rows[~rows["kind"].isin(["new", "same"])]
    if len(shown_rows):
        print_table(console, _change_table(shown_rows, lang), text("own.table.changes", lang))
    if len(sums := _sum_table(plan.sums, lang)):
        print_table(console, sums, text("own.table.sums", lang))
    if len(plan.conflicts):
        print_table(console, _conflict_table(plan.conflicts, lang), text("own.table.conflicts", lang))
    _print_doubts(console, plan.doubts, lang)


def _print_doubts(console: Console, doubts: Sequence[Words], lang: str) -> None:
    if doubts:
        say(console, "own.doubts", lang, count=len(doubts))
    for doubt in doubts:
        console.print(f"  {doubt.in_language(lang)}", highlight=False, markup=False, soft_wrap=True)


def _reading_title(layout: Layout, lang: str) -> str:
    return text("own.table.reading", lang, file=layout.file)


def _print_words(console: Console, frame: pd.DataFrame, caption: str) -> None:
    """A table of words: every column to the left."""
    grid = Table(title=caption, title_justify="left", header_style="bold")
    for name in frame.columns:
        grid.add_column(str(name))
    for row in frame.itertuples(index=False):
        grid.add_row(*map(str, row))
    console.print(grid, markup=False)


def _day_on_document(day: str, lang: str) -> str:
    return exact_day(day, lang) if len(day) == 10 else day


def _value(value: float, lang: str, indicator: str) -> str:
    if value != value:
        return number(value, 0, lang)
    if indicator.endswith("_year"):
        return str(int(value))  # a year carries no thousands mark
    if indicator == "ntm_attained":
        return text(f"yesno.{value == 1}", lang)
    decimals = 2 if indicator.endswith("_pct") else next((d for d in range(3) if round(value, d) == value), 2)
    return number(value, decimals, lang)


def _values(rows: pd.DataFrame, column: str, lang: str) -> list[str]:
    return [_value(value, lang, name) for value, name in zip(rows[column], rows["indicator"], strict=True)]


def _areas(rows: pd.DataFrame, lang: str) -> list[str]:
    codes = rows["area"] if "area" in rows else rows["ref_area"]
    names = zip(codes, rows["level"], rows["area_name"], strict=True)
    return [f"{name} ({code})" if level == "commune" else area_name(code, lang) for code, level, name in names]


def _table(rows: pd.DataFrame, lang: str, **columns: list[str]) -> pd.DataFrame:
    """Strings to show: the area and the indicator of each row, then these columns."""
    import pandas as pd

    from ..offices.columns import heading

    columns = {"area": _areas(rows, lang), "indicator": [heading(i, lang) for i in rows["indicator"]], **columns}
    return pd.DataFrame({text(f"own.col.{name}", lang): values for name, values in columns.items()}, dtype=str)


def _change_table(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    status = [text(f"own.known.{s}", lang) for s in rows["old_status"]]
    old, new = _values(rows, "old_value", lang), _values(rows, "new_value", lang)
    return _table(rows, lang, old=old, status=status, new=new)


def _conflict_table(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    from ..data.arithmetic import RATES
    from ..data.observations import raw_tables

    published, new = _values(rows, "published", lang), _values(rows, "own_value", lang)
    is_lost_rate = rows["own_value"].isna() & rows["indicator"].isin(RATES)  # the office gave its count alone
    new = [
        text("own.col.of_lost_count", lang) if no_rate else value
        for no_rate, value in zip(is_lost_rate, new, strict=True)
    ]
    publishers = raw_tables()["sources"].set_index("source_id")["publisher"]
    names = [", ".join(dict.fromkeys(publishers.get(one, one) for one in ids.split("|"))) for ids in rows["source_id"]]
    days = [day_words(day, lang) for day in rows["time_period"]]
    return _table(rows, lang, day=days, published=published, source=names, new=new)


def _sum_table(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    """One row an area, one column an indicator; bands of communes are left to the analysis."""
    import pandas as pd

    from ..offices.columns import heading

    indicators = ["households_total", "poor_households", "poverty_rate_pct", "dtts_poor_households"]
    indicators += ["near_poor_households", "dtts_near_poor_households", "ntm_communes"]
    names = [name for name in indicators if name in set(rows["indicator"])]
    is_latest = rows["time_period"] == rows["time_period"].max()  # not those of the beginning of the year
    rows = rows[rows["indicator"].isin(names) & is_latest].drop_duplicates(["level", "ref_area", "indicator"])
    areas = rows.drop_duplicates(["level", "ref_area"])
    wide = rows.pivot(index=["level", "ref_area"], columns="indicator", values="obs_value")
    wide = wide.reindex(pd.MultiIndex.from_frame(areas[["level", "ref_area"]]))
    columns = {text("own.col.area", lang): _areas(areas, lang)}
    columns |= {heading(name, lang): [_value(value, lang, name) for value in wide[name]] for name in names}
    return pd.DataFrame(columns, dtype=str)
