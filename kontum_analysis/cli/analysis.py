"""Commands that compute and show: reproduce, verify, project, trace, map, about."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    decimal,
    figures,
    forms,
    observations_for,
    offices_in,
    print_table,
    progress_bar,
    say,
    scenario_named,
    scenarios,
    write_file,
)

if TYPE_CHECKING:
    import pandas as pd

    from ..poverty.scenarios import Scenario

app = typer.Typer()


@app.command(help=both("cli.reproduce.help"))
def reproduce(lang: Lang = "vi") -> None:
    """Do the main job and print the headline."""
    from ..data.observations import load_observations
    from ..poverty.known import known_rates
    from ..publish.columns import text_table
    from ..publish.tables import headline

    console = console_for()
    _run_steps(console, lang, None)
    obs = load_observations()
    for key, frame in (("known", known_rates(obs)), ("scenarios", headline(obs))):
        print_table(console, text_table(frame, lang), text(f"headline.{key}", lang))
    for key in ("notes", "files"):
        console.print(text(f"headline.{key}", lang), highlight=False)


def _run_steps(console: Console, lang: str, out: str | None) -> None:
    from ..base.files import ROOT
    from ..review.reproduce import alone, steps

    with alone(out or ROOT), progress_bar(console) as progress:
        for key, count, work in steps(out or ROOT):
            task = progress.add_task(text(key, lang), total=count)
            for _ in work:
                progress.advance(task)


@app.command(help=both("cli.verify.help"))
def verify(lang: Lang = "vi") -> None:
    """Rebuild, compare, list what differs; exit status 1 if anything does."""
    from ..base.files import ROOT, one_run
    from ..review.verify import differences

    console = console_for()
    with one_run(ROOT, shared=True), tempfile.TemporaryDirectory() as scratch:
        _run_steps(console, lang, scratch)
        wrong = differences(scratch)
    for words in wrong:
        console.print(words.in_language(lang), highlight=False, markup=False)
    console.print(text("verify.differs" if wrong else "verify.same", lang, count=len(wrong)))
    raise typer.Exit(1 if wrong else 0)


def _number(option: str, key: str) -> Any:
    return typer.Option(option, parser=decimal, metavar="NUMBER", help=both(f"cli.option.{key}"))


@app.command(help=both("cli.project.help"))
def project(
    scenario: Annotated[str | None, typer.Option(help=both("cli.option.scenario"), autocompletion=scenarios)] = None,
    province_pace: Annotated[float | None, _number("--province-pace", "province_pace")] = None,
    poor_district_pace: Annotated[float | None, _number("--poor-district-pace", "poor_district_pace")] = None,
    form: Annotated[str | None, typer.Option(help=both("cli.option.form"), autocompletion=forms)] = None,
    start: Annotated[int | None, typer.Option("--from", help=both("cli.option.from"))] = None,
    end: Annotated[int | None, typer.Option("--to", help=both("cli.option.to"))] = None,
    floor: Annotated[float | None, _number("--floor", "floor")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help=both("cli.option.csv"))] = None,
    save: Annotated[str | None, typer.Option("--save", metavar="NAME", help=both("cli.option.save"))] = None,
    overwrite: Overwrite = False,
    as_of: AsOf = None,
    data: Data = None,
    with_own: Own = True,
    lang: Lang = "vi",
) -> None:
    """Print rates, quotas and whether the paces fit; write the table where asked."""
    from ..poverty.paces import implied_pace
    from ..poverty.paths import project_poverty

    is_piped = str(csv) == "-"  # the table goes to standard output, everything said beside it to the other
    console = console_for(stderr=is_piped)
    if csv is not None and not is_piped:
        check_target(csv, "--csv")
    options = dict(province_pace_pp=province_pace, poor_district_pace_pp=poor_district_pace, form=form, start=start)
    options = {key: value for key, value in {**options, "end": end, "floor": floor}.items() if value is not None}
    obs = observations_for(console, lang, as_of, data, with_own)
    if scenario is None and start is None:
        options |= _latest_start(obs, end, console, lang)
    assumptions = _scenario(scenario, options, console, lang)
    path = project_poverty(obs, assumptions)
    _print_projection(console, lang, assumptions, path, implied_pace(obs, assumptions))
    content = path.to_csv(index=False, lineterminator="\n", float_format="%.9g")
    if is_piped:
        sys.stdout.write(content)
    elif csv is not None:
        write_file(console, lang, csv, "\ufeff" + content, overwrite, "--csv")  # the mark by which Excel knows UTF-8
    if save is not None:
        from ..data.own import home_path
        from ..offices.scenarios import save_scenario

        say(console, "project.saved", lang, name=save, file=home_path(save_scenario(assumptions, save)))


def _latest_start(obs: pd.DataFrame, end: int | None, console: Console, lang: str) -> dict[str, int]:
    """The latest year with a figure as the start of a path that names none; nothing for a path that ends by then."""
    from ..poverty.estimates import latest_year

    year = latest_year(obs)
    if end is not None and end <= year:
        return {}
    say(console, "project.start", lang, year=year)
    return {"start": year}


def _scenario(name: str | None, options: dict[str, Any], console: Console, lang: str) -> Scenario:
    from ..poverty.scenarios import Scenario

    if name is not None:
        assumptions = scenario_named(name, console, lang)
        return assumptions.changed(**options) if options else assumptions
    if "province_pace_pp" not in options or "poor_district_pace_pp" not in options:
        raise KontumError("error.cli.paces")
    return Scenario(name="command-line", **options)


def _print_projection(
    console: Console, lang: str, scenario: Scenario, path: pd.DataFrame, implied: pd.DataFrame
) -> None:
    from ..offices.scenarios import describe
    from ..publish.columns import text_table
    from ..publish.tables import quotas_by_year, rates_by_year

    say(console, "project.scenario", lang, name=scenario.name, words=describe(scenario, lang))
    for key, wide, of in (("rates", rates_by_year, "rate"), ("quotas", quotas_by_year, "quota")):
        frame = wide(path).drop(columns="scenario")
        print_table(console, text_table(frame, lang, of), text(f"project.{key}", lang))
    broken = implied[~implied["possible"]]
    facts: dict[str, Any] = {"pace": implied["needed_pace_pp"].iloc[0]}
    if len(broken):
        facts |= {"year": int(broken["year"].iloc[0]), "short": broken["shortfall_pp"].iloc[0]}
    console.print(text("project.breaks" if len(broken) else "project.fits", lang, **facts), highlight=False)


@app.command(help=both("cli.trace.help"))
def trace(
    words: Annotated[list[str], typer.Argument(help=both("cli.option.trace"), autocompletion=figures)],
    every: Annotated[bool, typer.Option("--all", help=both("cli.option.all"))] = False,
    data: Data = None,
    with_own: Own = True,
    lang: Lang = "vi",
) -> None:
    """Print the chain behind a number."""
    from ..publish.chain import MOST
    from ..publish.trace import trace as chain_of

    console = console_for()
    obs = observations_for(console, lang, data=data, with_own=with_own)
    for line in chain_of(*words, data=data, user=with_own or None, obs=obs).lines(lang, None if every else MOST):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


@app.command("map", help=both("cli.map.help"))
def boundary_map(
    boundaries: Annotated[Path, typer.Option("--boundaries", help=both("cli.option.boundaries"))],
    out: Annotated[Path, typer.Option("--out", help=both("cli.option.out"))] = Path("ban-do.png"),
    year: Annotated[int | None, typer.Option("--year", help=both("cli.option.map_year"))] = None,
    overwrite: Overwrite = False,
    data: Data = None,
    with_own: Own = True,
    lang: Lang = "vi",
) -> None:
    """Write a map with a user's own borders."""
    from ..figures.boundaries import boundary_map as picture

    check_target(out)
    kind = out.suffix.lstrip(".").lower()
    if kind not in ("png", "svg", "pdf"):
        raise KontumError("error.cli.out", found=out.name)
    console = console_for()
    obs = observations_for(console, lang, data=data, with_own=with_own)
    content = picture(obs, boundaries, lang, kind, year, offices_in(obs, data, with_own))
    write_file(console, lang, out, content, overwrite)


def print_version() -> None:
    """The version, on a line of its own."""
    from importlib.metadata import version

    Console().print(f"kontum {version('kontum-analysis')}", highlight=False)


@app.command(help=both("cli.about.help"))
def about(lang: Lang = "vi") -> None:
    """Print what a bug report needs: versions, the hash of the data, the system; no name, no path."""
    import platform

    from ..publish.columns import data_hash
    from ..publish.notebooks import PACKAGES, made_with

    print_version()
    versions = made_with().set_index("made_with")["version"]
    facts = [
        ("Python", platform.python_version()),
        (text("about.system", lang), f"{platform.system()} {platform.machine()}"),
        *((name, versions[name]) for name in PACKAGES),
        (text("exports.fact.hash", lang), f"SHA-256 {data_hash()}…"),
    ]
    console = console_for()
    for name, value in facts:
        console.print(f"{name}: {value}", highlight=False, markup=False)
