"""Commands that compute and show: reproduce, verify, project, trace, map."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ..base.errors import KontumError
from ..base.words import heading, text
from . import completion
from .common import (
    AsOf,
    Data,
    Lang,
    Own,
    both,
    console_for,
    decimal,
    observations_for,
    print_table,
    progress_bar,
    scenario_named,
    typed_as,
)

if TYPE_CHECKING:
    import pandas as pd

    from ..poverty.scenarios import Scenario

app = typer.Typer()
OPTIONS = {
    "province_pace_pp": "--province-pace",
    "poor_district_pace_pp": "--poor-district-pace",
    "form": "--form",
    "start": "--from",
    "end": "--to",
    "floor": "--floor",
}


@app.command(help=both("cli.reproduce.help"))
def reproduce(lang: Lang = "vi") -> None:
    """Do the main job and print the headline."""
    console = console_for()
    _run_steps(console, lang, None)
    _print_headline(console, lang)


def _run_steps(console: Console, lang: str, out: str | None) -> None:
    from ..base.files import ROOT
    from ..review.reproduce import alone, steps

    with alone(out or ROOT), progress_bar(console) as progress:
        for key, count, work in steps(out or ROOT):
            task = progress.add_task(text(key, lang), total=count)
            for _ in work:
                progress.advance(task)


def _print_headline(console: Console, lang: str) -> None:
    from ..data.observations import load_observations
    from ..poverty.paths import known_rates
    from ..publish.columns import shown
    from ..publish.tables import headline

    obs = load_observations()
    print_table(console, shown(known_rates(obs), lang), text("headline.known", lang))
    print_table(console, shown(headline(obs), lang), text("headline.scenarios", lang))
    console.print(text("headline.notes", lang), highlight=False)
    console.print(text("headline.files", lang), highlight=False)


@app.command(help=both("cli.verify.help"))
def verify(lang: Lang = "vi") -> None:
    """Rebuild, compare, list what differs; exit status 1 if anything does."""
    from ..base.files import ROOT, one_run
    from ..review.verify import differences

    console = console_for()
    with one_run(ROOT, shared=True), tempfile.TemporaryDirectory() as scratch:
        _run_steps(console, lang, scratch)
        found = differences(scratch)
    for words in found:
        console.print(words.in_language(lang), highlight=False, markup=False)
    console.print(text("verify.differs" if found else "verify.same", lang, count=len(found)))
    raise typer.Exit(1 if found else 0)


@app.command(help=both("cli.project.help"))
def project(
    scenario: Annotated[
        str | None, typer.Option(help=both("cli.option.scenario"), autocompletion=completion.scenarios)
    ] = None,
    province_pace: Annotated[
        float | None, typer.Option(parser=decimal, metavar="NUMBER", help=both("cli.option.province_pace"))
    ] = None,
    poor_district_pace: Annotated[
        float | None, typer.Option(parser=decimal, metavar="NUMBER", help=both("cli.option.poor_district_pace"))
    ] = None,
    form: Annotated[str | None, typer.Option(help=both("cli.option.form"), autocompletion=completion.forms)] = None,
    start: Annotated[int | None, typer.Option("--from", help=both("cli.option.from"))] = None,
    end: Annotated[int | None, typer.Option("--to", help=both("cli.option.to"))] = None,
    floor: Annotated[
        float | None, typer.Option(parser=decimal, metavar="NUMBER", help=both("cli.option.floor"))
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help=both("cli.option.csv"))] = None,
    as_of: AsOf = None,
    data: Data = None,
    own: Own = True,
    lang: Lang = "vi",
) -> None:
    """Print rates, quotas and whether the paces fit; write the table where asked."""
    from ..base.files import write_whole
    from ..poverty import paths as poverty
    from ..poverty.paces import implied_pace

    console = console_for()
    given = dict(
        province_pace_pp=province_pace,
        poor_district_pace_pp=poor_district_pace,
        form=form,
        start=start,
        end=end,
        floor=floor,
    )
    if csv is not None and not csv.parent.is_dir():
        raise KontumError("error.cli.csv_folder", folder=csv.parent)
    given = {key: value for key, value in given.items() if value is not None}
    typed_as(OPTIONS if scenario is None else {key: OPTIONS[key] for key in given})  # other fields stand in the file
    chosen = _scenario(scenario, given)
    obs = observations_for(console, lang, as_of, data, own)
    projection = poverty.project_poverty(obs, chosen)
    console.print(_scenario_line(chosen, lang), highlight=False, markup=False)
    _print_projection(console, lang, projection)
    _print_fit(console, lang, implied_pace(obs, chosen))
    if csv is not None:
        content = projection.to_csv(index=False, lineterminator="\n", float_format="%.9g")
        write_whole(csv, "\ufeff" + content)  # the mark by which Excel knows UTF-8
        console.print(text("project.written", lang, file=csv.resolve()), highlight=False, soft_wrap=True)


def _scenario(name: str | None, given: dict[str, Any]) -> Scenario:
    from ..poverty.scenarios import Scenario

    if name is not None:
        chosen = scenario_named(name)
        return chosen.changed(**given) if given else chosen
    if "province_pace_pp" not in given or "poor_district_pace_pp" not in given:
        raise KontumError("error.cli.paces")
    return Scenario(name="command-line", **given)


def _scenario_line(chosen: Scenario, lang: str) -> str:
    from ..base.words import number

    def said(pace: Any) -> str:
        if isinstance(pace, dict):
            return ", ".join(f"{year}: {number(value, 1, lang)}" for year, value in pace.items())
        return text("pace.observed", lang) if pace == "observed" else number(pace, 1, lang)

    return text(
        "project.scenario",
        lang,
        name=chosen.name,
        pace=said(chosen.province_pace_pp),
        poor=said(chosen.poor_district_pace_pp),
        form=text(f"form.{chosen.form}", lang),
        start=chosen.start,
        end=chosen.end,
    )


def _print_projection(console: Console, lang: str, projection: pd.DataFrame) -> None:
    from ..publish.columns import shown
    from ..publish.tables import quotas_by_year, rates_by_year

    for key, wide, of in (("rates", rates_by_year, "rate"), ("quotas", quotas_by_year, "quota")):
        frame = wide(projection).drop(columns="scenario")
        print_table(console, shown(frame, lang, of), text(f"project.{key}", lang))


def _print_fit(console: Console, lang: str, implied: pd.DataFrame) -> None:
    first = implied.iloc[0]
    broken = implied[~implied["possible"]]
    key = "project.fits" if broken.empty else "project.breaks"
    facts = (
        dict(pace=first.needed_pace_pp)
        if broken.empty
        else dict(pace=first.needed_pace_pp, year=int(broken["year"].iloc[0]), short=broken["shortfall_pp"].iloc[0])
    )
    console.print(text(key, lang, **facts), highlight=False)


@app.command(help=both("cli.trace.help"))
def trace(
    words: Annotated[list[str], typer.Argument(help=both("cli.option.trace"), autocompletion=completion.figures)],
    data: Data = None,
    own: Own = True,
    lang: Lang = "vi",
) -> None:
    """Print the chain behind a number."""
    from ..publish.columns import shown
    from ..publish.trace import trace as chain_of

    console = console_for()
    observations_for(console, lang, data=data, own=own)
    chain = chain_of(*words, data=data, user=own or None)
    for row in shown(chain.sources.drop(columns="source_id"), lang).itertuples(index=False):
        line, area, indicator, day, value, bound, _, reason, publisher, document, url = row
        said = f"{line:>5}  {area}, {indicator}, {day}: {value} ({bound}) – {reason}"
        if not int(line):  # the target itself, which is no row of observations
            said = " " * 7 + text("trace.target", lang, target=reason, area=area, indicator=indicator, value=value)
        console.print(said, highlight=False, markup=False)
        console.print(
            f"       {' – '.join(filter(None, [publisher, document, url]))}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    for number, step in enumerate(chain.explain(lang), 1):
        console.print(f"{number}. {step}", highlight=False)
    for name, values in chain.scenarios.items():
        said = ", ".join(f"{k}: {v}" for k, v in values.items() if k not in ("name", "title_vi", "title_en", "note"))
        console.print(f"{heading('scenario', lang)} {name}: {said}", highlight=False, markup=False)
    if chain.seed is not None:
        console.print(text("trace.seed", lang, seed=chain.seed), highlight=False)


@app.command("map", help=both("cli.map.help"))
def boundary_map(
    boundaries: Annotated[Path, typer.Option("--boundaries", help=both("cli.option.boundaries"))],
    out: Annotated[Path, typer.Option("--out", help=both("cli.option.out"))] = Path("ban-do.png"),
    data: Data = None,
    own: Own = True,
    lang: Lang = "vi",
) -> None:
    """Write a map with a user's own borders."""
    from ..base.files import write_whole
    from ..figures.boundaries import boundary_map as picture

    kind = out.suffix.lstrip(".").lower()
    if kind not in ("png", "svg", "pdf"):
        raise KontumError("error.cli.out", found=out.name)
    console = console_for()
    obs = observations_for(console, lang, data=data, own=own)
    write_whole(out, picture(obs, boundaries, lang, kind))
    console.print(text("project.written", lang, file=out.name), highlight=False)
