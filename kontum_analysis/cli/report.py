"""The command that writes the yearly report."""

from pathlib import Path
from typing import Annotated

import typer

from ..base.errors import KontumError
from ..base.words import text
from .common import AsOf, Data, Lang, Own, both, console_for, observations_for, scenario_named

app = typer.Typer()


@app.command("report", help=both("cli.report.help"))
def report(
    year: Annotated[int, typer.Option("--year", help=both("cli.option.report_year"))],
    out: Annotated[Path | None, typer.Option("--out", help=both("cli.option.report_out"))] = None,
    scenario: Annotated[str, typer.Option("--scenario", help=both("cli.option.report_scenario"))] = "programme-mid",
    as_of: AsOf = None,
    data: Data = None,
    own: Own = True,
    lang: Lang = "vi",
) -> None:
    """Write the yearly report on the programme as a Word document or an HTML page."""
    out = out or Path(text("report.file", lang, year=year))
    kind = out.suffix.lower()
    if kind not in (".docx", ".html"):
        raise KontumError("report.error.suffix", name=out.name)
    if not out.parent.is_dir():
        raise KontumError("report.error.folder", name=out.parent)
    from ..base.files import write_whole
    from ..publish.report import build_report

    console = console_for()
    obs = observations_for(console, lang, as_of, data, own)
    made = build_report(obs, year, lang, scenario_named(scenario), as_of, data, user=own or None)
    if kind == ".docx":
        from ..publish.report.docx_file import to_docx

        write_whole(out, to_docx(made))
    else:
        from ..publish.report.html_page import to_html

        write_whole(out, to_html(made))
    console.print(text("project.written", lang, file=out.name), highlight=False, markup=False)
