"""Commands that write files for other programs or a browser: figures, tables, explorer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..base.errors import KontumError, WriteError
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
    offices_in,
    progress_bar,
    say,
    scenario_named,
    write_file,
)
from .common import figures as figure_names
from .common import scenarios as scenario_names

if TYPE_CHECKING:
    import pandas as pd

    from ..poverty.scenarios import Scenario
    from ..publish.columns import Provenance, Table

app = typer.Typer()
TABLE_FORMATS = ("xlsx", "csv", "docx", "latex", "sdmx")
_CM = {"cm": 1.0, "": 1.0, "mm": 0.1, "in": 2.54}
_WIDTHS = 4, 60  # cm
_DPI = 50, 1200  # dots per inch
Out = Annotated[Path | None, typer.Option("--out", help=both("exports.option.out"))]


@app.command(help=both("exports.figures.help"))
def figures(
    names: Annotated[
        list[str] | None, typer.Argument(help=both("exports.option.names"), autocompletion=figure_names)
    ] = None,
    formats: Annotated[str, typer.Option("--format", help=both("exports.option.figure_format"))] = "png,svg",
    dpi: Annotated[int, typer.Option(help=both("exports.option.dpi"))] = 300,
    width: Annotated[str, typer.Option(help=both("exports.option.width"))] = "16cm",
    out: Out = None,
    overwrite: Overwrite = False,
    data: Data = None,
    with_own: Own = True,
    as_of: AsOf = None,
    lang: Lang = "vi",
) -> None:
    """Write the figures, each with its data and its words."""
    from ..figures import CATALOGUE, build
    from ..figures.output import KINDS, smallest_type
    from ..figures.style import WIDTH_CM

    console = console_for()
    kinds, width_cm, dpi = chosen_formats(formats, KINDS), printed_width(width), dots(dpi)
    selection, folder = chosen_names(names, list(CATALOGUE)), folder_for(out, "exports.folder.figures", lang)
    obs = observations_for(console, lang, as_of, data, with_own)
    offices = offices_in(obs, data, with_own)
    files: dict[str, bytes | str] = {}
    skipped = []
    with progress_bar(console) as progress:
        task = progress.add_task(text("exports.step.figures", lang), total=len(selection))
        for name in selection:
            try:
                files |= build(name, obs, lang, offices).files(kinds, dpi, None if width_cm == WIDTH_CM else width_cm)
            except KontumError as error:
                if names:
                    raise
                skipped.append((name, error))
            progress.advance(task)
    _write(console, lang, folder, files, skipped, overwrite)
    if (size := smallest_type(width_cm)) < 5:
        enough = WIDTH_CM * 5 / smallest_type(WIDTH_CM) + 0.5
        console.print(text("exports.small_type", lang, width=width_cm, size=size, enough=enough), highlight=False)


@app.command(help=both("exports.tables.help"))
def tables(
    formats: Annotated[str, typer.Option("--format", help=both("exports.option.table_format"))] = "xlsx,csv",
    scenario: Annotated[
        list[str] | None,
        typer.Option("--scenario", help=both("exports.option.scenario"), autocompletion=scenario_names),
    ] = None,
    out: Out = None,
    overwrite: Overwrite = False,
    data: Data = None,
    with_own: Own = True,
    as_of: AsOf = None,
    lang: Lang = "vi",
) -> None:
    """Write the report tables in every format asked for."""
    from ..publish.columns import provenance
    from ..publish.tables import report_tables
    from ..publish.text_files import about

    console = console_for()
    kinds, scenarios = chosen_formats(formats, TABLE_FORMATS), chosen_scenarios(scenario, console, lang)
    folder = folder_for(out, "exports.folder.tables", lang)
    obs = observations_for(console, lang, as_of, data, with_own)
    with progress_bar(console) as progress:
        computing = progress.add_task(text("exports.step.compute", lang), total=1)
        tables, skipped = report_tables(obs, scenarios, data, user=with_own or None)
        progress.advance(computing)
        origin = provenance(obs, scenarios, data, as_of, offices_in(obs, data, with_own))
        task = progress.add_task(text("exports.step.tables", lang), total=len(kinds))
        files: dict[str, bytes | str] = {}
        for kind in kinds:
            files |= _table_files(kind, tables, origin, obs, lang)
            progress.advance(task)
    files[f"{text('exports.file.about', lang)}.md"] = about(tables, origin, kinds, lang)
    _write(console, lang, folder, files, skipped, overwrite)


@app.command("explorer", help=both("cli.explorer.help"))
def explorer(
    out: Annotated[Path | None, typer.Option("--out", help=both("cli.option.explorer_out"))] = None,
    scenario: Annotated[
        str,
        typer.Option("--scenario", help=both("cli.option.explorer_scenario"), autocompletion=scenario_names),
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


def _table_files(
    kind: str, tables: list[Table], origin: Provenance, obs: pd.DataFrame, lang: str
) -> Mapping[str, bytes | str]:
    """File name -> content of the tables in one format."""
    name = text("exports.file.tables", lang)
    if kind == "xlsx":
        from ..publish.excel import workbook_bytes

        return {f"{name}.xlsx": workbook_bytes(tables, origin, lang)}
    if kind == "docx":
        from ..publish.table_document import tables_document

        return {f"{name}.docx": tables_document(tables, origin, lang)}
    if kind == "sdmx":
        from ..publish.sdmx import data_csv, observations_table, projections_table, structure_json

        flows = {"observations": observations_table(obs), "projections": projections_table(obs, origin.scenarios)}
        files = {f"sdmx/{file}.csv": data_csv(table) for file, table in flows.items()}
        return {**files, "sdmx/structure.json": structure_json(list(flows.values()), origin)}
    from ..publish.text_files import csv_bytes, latex

    if kind == "csv":
        return {f"csv/{table.name}.csv": csv_bytes(table, lang) for table in tables}
    return {f"latex/{table.name}.tex": latex(table, lang) for table in tables}


def _write(
    console: Console,
    lang: str,
    folder: Path,
    files: Mapping[str, bytes | str],
    skipped: Iterable[tuple[str, KontumError]],
    overwrite: bool,
) -> None:
    from ..base.files import save

    for name, error in skipped:
        say(console, "exports.skipped", lang, name=name, reason=error.in_language(lang))
    if not files:
        raise KontumError("exports.error.nothing")
    try:
        save({folder / name: content for name, content in files.items()}, folder, overwrite)
    except WriteError as error:
        raise KontumError("exports.error.folder_write", folder=folder.name, reason=error.values["reason"]) from None
    say(console, "exports.written", lang, count=len(files), folder=folder)


def printed_width(words: str) -> float:
    """A width in cm from what people type: 16cm, 16, 160mm, 6.3in, 6,3 in.

    >>> printed_width("16cm"), printed_width("160 mm"), round(printed_width("6,3in"), 3)
    (16.0, 16.0, 16.002)
    """
    match = re.fullmatch(r"\s*([0-9]{1,4}(?:[.,][0-9]{1,4})?)\s*(cm|mm|in|)\s*", words.lower())
    width = float(match[1].replace(",", ".")) * _CM[match[2]] if match else 0.0
    if not _WIDTHS[0] <= width <= _WIDTHS[1]:
        raise KontumError("exports.error.width", value=words, low=_WIDTHS[0], high=_WIDTHS[1])
    return round(width, 6)


def dots(dpi: int) -> int:
    """The resolution, if it is one that a printer or a screen has use for."""
    if not _DPI[0] <= dpi <= _DPI[1]:
        raise KontumError("exports.error.dpi", value=dpi, low=_DPI[0], high=_DPI[1])
    return dpi


def chosen_formats(words: str, allowed: Sequence[str]) -> list[str]:
    """The formats in a list separated by commas, each once, in the order given.

    >>> chosen_formats("PNG, svg,png", ("png", "svg", "pdf"))
    ['png', 'svg']
    """
    names = [part.strip().lower().removeprefix(".") for part in words.split(",") if part.strip()]
    for name in names or [words]:
        if name not in allowed:
            raise KontumError("exports.error.format", value=name, allowed=", ".join(allowed))
    return list(dict.fromkeys(names))


def chosen_names(names: Sequence[str] | None, allowed: list[str]) -> list[str]:
    """The figures asked for, each once; all of them where none is named. Commas may stand between names."""
    selection = [part.strip() for name in names or [] for part in name.split(",") if part.strip()]
    for name in selection:
        if name not in allowed:
            from rapidfuzz import process

            near = ", ".join(word for word, _, _ in process.extract(name, allowed, limit=3))
            raise KontumError("exports.error.figure_name", value=name, near=near, allowed=", ".join(allowed))
    return list(dict.fromkeys(selection)) or allowed


def chosen_scenarios(names: Sequence[str] | None, console: Console, lang: str) -> list[Scenario]:
    """The scenarios asked for, each with a line that says what it is; every shipped one where none is named."""
    from ..poverty.scenarios import preset, presets

    if not names:
        return [preset(name) for name in presets()]
    return [scenario_named(name, console, lang) for name in dict.fromkeys(names)]


def folder_for(out: Path | None, default: str, lang: str) -> Path:
    """The folder for the files; default: the key of its name in the current folder.

    Those that `kontum reproduce` keeps are refused, so that nothing in them is overwritten.
    """
    from ..base.files import FIGURES, NOTEBOOKS, PROCESSED, RAW, SCENARIOS

    folder = Path(out) if out is not None else Path(text(default, lang))
    whole = folder.resolve()
    if any(whole == home or whole.is_relative_to(home) for home in (FIGURES, NOTEBOOKS, PROCESSED, RAW, SCENARIOS)):
        raise KontumError("exports.error.folder_kept", folder=folder, instead=text(default, lang))
    if any(part.exists() and not part.is_dir() for part in (whole, *whole.parents)):
        raise KontumError("exports.error.folder_file", folder=folder)
    return folder
