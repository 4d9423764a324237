"""Commands about data: check a folder of raw tables; the template for an office's own figures, and their import."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..base.errors import KontumError, WriteError
from ..base.words import number, text
from ..data.areas import area_name
from .common import Data, Lang, both, console_for, print_table

if TYPE_CHECKING:
    import pandas as pd

    from ..offices.store import Plan

app = typer.Typer(help=both("cli.data.help"), no_args_is_help=True)


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
    out: Annotated[Path, typer.Option(help=both("own.cli.out"))] = Path("template.xlsx"),
    lang: Lang = "vi",
) -> None:
    """Write the workbook an office fills in."""
    from ..base.files import write_whole
    from ..offices.template import template

    if out.suffix.lower() != ".xlsx":
        raise KontumError("own.error.out", file=out.name)
    if not out.parent.is_dir():
        raise KontumError("own.error.no_folder", folder=str(out.parent))
    content = template(level, year, lang)
    if out.exists() and (not out.is_file() or out.read_bytes() != content):  # it may be filled in already
        raise KontumError("own.error.exists", file=out.name)
    try:
        write_whole(out, content)
    except WriteError:
        raise KontumError("own.error.cannot_write", folder=out.name) from None
    console_for().print(text("own.template.written", lang, file=out.name), highlight=False, markup=False)


@app.command("import", help=both("own.cli.import"))
def data_import(
    file: Annotated[Path, typer.Argument(help=both("own.cli.file"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=both("own.cli.dry_run"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=both("own.cli.yes"))] = False,
    every: Annotated[bool, typer.Option("--all", help=both("own.cli.all"))] = False,
    office: Annotated[str | None, typer.Option(help=both("own.cli.office"))] = None,
    document: Annotated[str | None, typer.Option(help=both("own.cli.document"))] = None,
    date: Annotated[str | None, typer.Option(help=both("own.cli.date"))] = None,
    year: Annotated[int | None, typer.Option(help=both("own.cli.year"))] = None,
    data: Data = None,
    lang: Lang = "vi",
) -> None:
    """Check a filled table, show what it would change, and add it to the folder of own figures."""
    from ..data.own import shown
    from ..offices.store import plan_import, store

    console = console_for()
    plan = plan_import(file, data=data, office=office, document=document, date=date, year=year)
    _print_plan(console, plan, every, lang)
    if not plan.is_news:
        console.print(text("own.import.same", lang), highlight=False)
    elif dry_run:
        console.print(text("own.import.dry_run", lang), highlight=False)
    elif yes or _agreed(shown(plan.place), lang):
        store(plan)
        console.print(
            text("own.import.done", lang, folder=shown(plan.place)), highlight=False, markup=False, soft_wrap=True
        )
    else:
        console.print(text("own.import.not_done", lang), highlight=False)


def _agreed(place: str, lang: str) -> bool:
    if not sys.stdin.isatty():
        raise KontumError("own.error.ask")
    return typer.prompt(text("own.import.ask", lang, folder=place)).strip().casefold() in ("c", "có", "y", "yes", "co")


def _print_plan(console: Console, plan: Plan, every: bool, lang: str) -> None:
    filled, rows = plan.filled, plan.changes
    console.print(
        text(
            "own.import.source",
            lang,
            office=filled.office,
            document=filled.document,
            date=_written(filled.date, lang),
            year=filled.year,
        ),
        highlight=False,
        markup=False,
    )
    counted = rows.groupby("kind").size()
    for kind in ("new", "same", "replaces_own", "replaces_estimate", "contradicts"):
        if kind in counted:
            console.print("  " + text(f"own.kind.{kind}", lang, count=int(counted[kind])), highlight=False)
    listed = rows if every else rows[~rows["kind"].isin(["new", "same"])]
    if len(listed):
        print_table(console, _change_table(listed, lang), text("own.table.changes", lang))
    if len(plan.sums):
        print_table(console, _sum_table(plan.sums, lang), text("own.table.sums", lang))
    if len(plan.conflicts):
        print_table(console, _conflict_table(plan.conflicts, lang), text("own.table.conflicts", lang))


def _written(day: str, lang: str) -> str:
    return "/".join(reversed(day.split("-"))) if lang == "vi" else day


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
    published, new = _values(rows, "published", lang), _values(rows, "own_value", lang)
    return _table(rows, lang, published=published, source=list(rows["source_id"]), new=new)


def _sum_table(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    """One row an area, one column an indicator; bands of communes are left to the analysis."""
    import pandas as pd

    from ..offices.columns import heading

    wanted = ("households_total", "poor_households", "poverty_rate_pct", "near_poor_households", "ntm_communes")
    names = [name for name in wanted if name in set(rows["indicator"])]
    wide = rows[rows["indicator"].isin(names)].drop_duplicates(["level", "ref_area", "indicator"])
    areas = wide.drop_duplicates(["level", "ref_area"])
    value = wide.set_index(["level", "ref_area", "indicator"])["obs_value"]
    columns = {text("own.col.area", lang): _areas(areas, lang)}
    for name in names:
        found = (
            value.get((level, code, name), float("nan"))
            for level, code in zip(areas["level"], areas["ref_area"], strict=True)
        )
        columns[heading(name, lang)] = [_value(v, lang, name) for v in found]
    return pd.DataFrame(columns, dtype=str)
