"""Commands that write files for other programs: figures, tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..base.errors import KontumError, WriteError
from ..base.words import text
from .common import AsOf, Data, Lang, both, console_for, progress_bar
from .export_options import chosen_formats, chosen_names, chosen_scenarios, dots, folder_for, printed_width

if TYPE_CHECKING:
    import pandas as pd

    from ..publish.columns import Provenance, Table

app = typer.Typer()
TABLE_FORMATS = ("xlsx", "csv", "docx", "latex", "sdmx")


@app.command(help=both("exports.figures.help"))
def figures(
    names: Annotated[list[str] | None, typer.Argument(help=both("exports.option.names"))] = None,
    formats: Annotated[str, typer.Option("--format", help=both("exports.option.figure_format"))] = "png,svg",
    dpi: Annotated[int, typer.Option(help=both("exports.option.dpi"))] = 300,
    width: Annotated[str, typer.Option(help=both("exports.option.width"))] = "16cm",
    out: Annotated[Path | None, typer.Option("--out", help=both("exports.option.out"))] = None,
    data: Data = None,
    as_of: AsOf = None,
    lang: Lang = "vi",
) -> None:
    """Write the figures, each with its data and its words."""
    from ..data.observations import load_observations
    from ..figures import CATALOGUE, build
    from ..figures.output import KINDS, smallest_type
    from ..figures.style import WIDTH_CM

    console = console_for()
    kinds, width_cm, dpi = chosen_formats(formats, KINDS), printed_width(width), dots(dpi)
    wanted, folder = chosen_names(names, list(CATALOGUE)), folder_for(out, "exports.folder.figures", lang)
    obs = load_observations(as_of=as_of, data=data)
    written, skipped = 0, []
    with progress_bar(console) as progress:
        task = progress.add_task(text("exports.step.figures", lang), total=len(wanted))
        for name in wanted:
            try:
                files = build(name, obs, lang).files(kinds, dpi, None if width_cm == WIDTH_CM else width_cm)
            except KontumError as error:
                if names:
                    raise
                files = {}
                skipped.append((name, error))
            written += _write(folder, files)
            progress.advance(task)
    _report(console, lang, written, folder, skipped)
    if smallest_type(width_cm) < 5:
        console.print(
            text(
                "exports.small_type",
                lang,
                width=width_cm,
                size=smallest_type(width_cm),
                enough=WIDTH_CM * 5 / smallest_type(WIDTH_CM) + 0.5,
            ),
            highlight=False,
        )


@app.command(help=both("exports.tables.help"))
def tables(
    formats: Annotated[str, typer.Option("--format", help=both("exports.option.table_format"))] = "xlsx,csv",
    scenario: Annotated[list[str] | None, typer.Option("--scenario", help=both("exports.option.scenario"))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=both("exports.option.out"))] = None,
    data: Data = None,
    as_of: AsOf = None,
    lang: Lang = "vi",
) -> None:
    """Write the report tables in every format asked for."""
    from ..data.observations import load_observations
    from ..publish.columns import provenance
    from ..publish.tables import report_tables
    from ..publish.text_files import about

    console = console_for()
    kinds, scenarios = chosen_formats(formats, TABLE_FORMATS), chosen_scenarios(scenario)
    folder = folder_for(out, "exports.folder.tables", lang)
    obs = load_observations(as_of=as_of, data=data)
    with progress_bar(console) as progress:
        computing = progress.add_task(text("exports.step.compute", lang), total=1)
        made, skipped = report_tables(obs, scenarios, data)
        progress.advance(computing)
        origin = provenance(obs, scenarios, data, as_of)
        task = progress.add_task(text("exports.step.tables", lang), total=len(kinds))
        files: dict[str, bytes | str] = {}
        for kind in kinds:
            files |= _table_files(kind, made, origin, obs, lang)
            progress.advance(task)
    files[f"{text('exports.file.about', lang)}.md"] = about(made, origin, kinds, lang)
    _report(console, lang, _write(folder, files), folder, skipped)


def _table_files(
    kind: str, made: list[Table], origin: Provenance, obs: pd.DataFrame, lang: str
) -> dict[str, bytes | str]:
    """File name -> content of the tables in one format."""
    name = text("exports.file.tables", lang)
    if kind == "xlsx":
        from ..publish.excel import workbook_bytes

        return {f"{name}.xlsx": workbook_bytes(made, origin, lang)}
    if kind == "docx":
        from ..publish.table_document import tables_document

        return {f"{name}.docx": tables_document(made, origin, lang)}
    if kind == "sdmx":
        from ..publish.sdmx import observations_csv, projections_csv

        return {
            "sdmx/observations.csv": observations_csv(obs),
            "sdmx/projections.csv": projections_csv(obs, origin.scenarios),
        }
    from ..publish.text_files import csv_bytes, latex

    if kind == "csv":
        return {f"csv/{table.name}.csv": csv_bytes(table, lang) for table in made}
    return {f"latex/{table.name}.tex": latex(table, lang) for table in made}


def _write(folder: Path, files: Mapping[str, bytes | str]) -> int:
    from ..base.files import write_whole

    for name, content in files.items():
        try:
            write_whole(folder / name, content)
        except WriteError as error:
            raise KontumError("exports.error.folder_write", folder=folder.name, reason=error.values["reason"]) from None
    return len(files)


def _report(
    console: Console, lang: str, written: int, folder: Path, skipped: Iterable[tuple[str, KontumError]]
) -> None:
    for name, error in skipped:
        console.print(
            text("exports.skipped", lang, name=name, reason=error.in_language(lang)), highlight=False, markup=False
        )
    if not written:
        raise KontumError("exports.error.nothing")
    console.print(
        text("exports.written", lang, count=written, folder=folder), highlight=False, markup=False, soft_wrap=True
    )
