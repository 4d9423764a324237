"""The command that writes the yearly report, and asks once for what stands around it."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

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
    say,
    scenario_named,
    scenarios,
    write_file,
)

app = typer.Typer()
DEFAULT = "programme-mid"
_USUAL_YEAR = 2024  # whose agencies --setup shows where no year is given


@app.command("report", help=both("cli.report.help"))
def report(
    year: Annotated[int | None, typer.Option("--year", help=both("cli.option.report_year"))] = None,
    place: Annotated[str | None, typer.Option("--area", help=both("cli.option.report_area"))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=both("cli.option.report_out"))] = None,
    scenario: Annotated[
        str, typer.Option("--scenario", help=both("cli.option.report_scenario"), autocompletion=scenarios)
    ] = DEFAULT,
    reference: Annotated[
        bool | None, typer.Option("--reference/--no-reference", help=both("cli.option.report_reference"))
    ] = None,
    overwrite: Overwrite = False,
    as_of: AsOf = None,
    data: Data = None,
    with_own: Own = True,
    lang: Lang = "vi",
    setup: Annotated[bool, typer.Option("--setup", help=both("cli.option.report_setup"))] = False,
) -> None:
    """Write the yearly report on the programme as a Word document or an HTML page."""
    console = console_for()
    if setup:
        return ask_for_head(console, lang, place, year or _USUAL_YEAR)
    if year is None:
        raise KontumError("report.error.no_year")
    out = out or Path(text("report.file", lang, area=f"{_slug(place)}-" if place else "", year=year))
    check_target(out)
    if out.suffix.lower() not in (".docx", ".html"):
        raise KontumError("report.error.suffix", name=out.name)
    from ..data.own import is_own
    from ..publish.report import build_report
    from ..publish.report_facts import DUE
    from ..publish.report_figures import has_figures
    from ..publish.report_head import area_of, load_head, place_words
    from ..publish.word import word_bytes

    obs = observations_for(console, lang, as_of, data, with_own)
    subject = area_of(place, year)
    if not has_figures(obs, year, subject):
        say(console, "report.no_figures", lang, year=year, area=place_words(subject, lang))
    elif with_own and not has_figures(obs[is_own(obs)], year, subject):
        say(console, "report.no_own", lang, year=year, area=place_words(subject, lang))
    assumptions = scenario_named(scenario, console if scenario != DEFAULT else None, lang)
    if reference is None and scenario != DEFAULT:
        reference = True  # whoever chooses a scenario wants to see what follows from it
    user, head = with_own or None, load_head()
    page = build_report(obs, year, lang, assumptions, as_of, data, user, place, head, reference=reference)
    content = word_bytes(page, date.fromisoformat(f"{year}-{DUE}")) if out.suffix.lower() == ".docx" else page
    write_file(console, lang, out, content, overwrite)
    return None


def _slug(place: str) -> str:
    from ..data.spelling import fold

    return "-".join(fold(word) for word in place.split())


def ask_for_head(console: Console, lang: str, place: str | None, year: int) -> None:
    """Ask for each line of the head and the signature, showing what Enter leaves there, and keep the answers.

    place: the area whose usual head is shown; without it only which lines the area of a report fills in.
    """
    from ..data.areas import area, districts
    from ..data.own import home_path
    from ..publish.report_facts import DUE
    from ..publish.report_head import Head, area_of, head_of, load_head, save_head

    say(console, "report.setup.intro", lang)
    usual = dict(head_of(area_of(place, year) if place else area(districts()[0]), f"{year}-{DUE}", lang))
    answers: dict[str, str | list[str]] = {}
    for name, current in load_head():
        words, automatic = ("; ".join(value) if isinstance(value, tuple) else value for value in (current, usual[name]))
        key = "automatic" if place else "by_area"
        outcome = words or text(f"report.setup.{key if automatic else 'empty'}", lang, value=automatic)
        question = f"{text(f'report.setup.{name}', lang)} [{outcome}]"
        answer = typer.prompt(question, default="", show_default=False).strip() or words
        lines = [line.strip() for line in answer.split(";") if line.strip() not in ("", "-")]
        answers[name] = lines if isinstance(current, tuple) else "" if answer == "-" else answer
    path = save_head(Head.model_validate(answers))
    say(console, "report.setup.written", lang, file=home_path(path))
