"""Where a number comes from: the chain from source rows through conflicts and steps to a figure, a target or a cell."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pandas as pd

from ..base.errors import KontumError, UnknownAreaError, Words, did_you_mean
from ..base.words import LANGUAGES, plain, text
from ..data.areas import PROVINCE, Area, area, area_name, districts, resolve, vintage_of
from ..data.arithmetic import RATES
from ..data.observations import all_tables, load_observations, raw_tables
from ..data.own import is_own, members
from ..data.preference import LOST, is_mixed, row_status
from ..data.programme import load_targets
from ..data.spelling import fold
from ..poverty.districts import STANDARD
from ..poverty.estimates import estimate_panel
from ..poverty.paths import project_poverty
from ..poverty.scenarios import preset, presets, title
from ..targets.board import scoreboard, status_key
from .chain import COLUMNS, VALUE_STEPS, Chain

# published name of a figure -> (column of the panel and the paths, unit of it)
_COMPUTED = {
    "poverty_rate_pct": ("rate", 100),
    "poor_households": ("poor_households", 1),
    "households_total": ("households", 1),
}


@dataclass(frozen=True)
class _Place:
    """What a number is traced in: observations, the folder and the own figures behind them, the seed of all draws."""

    obs: pd.DataFrame
    data: str | Path | None
    user: bool | str | Path | None
    seed: int

    def with_sources(self, rows: pd.DataFrame, first: str = "") -> pd.DataFrame:
        """Rows of observations as `Chain.sources` has them: of the area `first` before others, the latest first."""
        names = {"ref_area": "area", "preferred": "used", "preference_reason": "reason_en"}
        sources = all_tables(self.data, self.user)["sources"].set_index("source_id")
        value = rows["obs_value"].fillna(rows["bound_value"])
        rows = rows.assign(value=value, is_other=rows["ref_area"] != first, reason_vi=rows["preference_reason_vi"])
        rows["status"] = list(map(row_status, rows["obs_status"], rows["source_id"]))
        rows = rows.join(sources[["publisher", "document_no", "url"]], on="source_id").rename(columns=names)
        order = {"is_other": True, "time_period": False, "indicator": True, "area": True, "used": False, "line": True}
        return rows.sort_values(list(order), ascending=list(order.values()))[COLUMNS].reset_index(drop=True)


def trace(
    *words: str,
    data: str | Path | None = None,
    seed: int = 3299,
    user: bool | str | Path | None = None,
    obs: pd.DataFrame | None = None,
) -> Chain:
    """The chain behind a figure (its name), a target (its id), or published cells (area, indicator and a date, or all).

    The indicator is a code of indicators.csv or its name in Vietnamese or English, with or without diacritics. The date
    is a year or a day; user: an office's own figures too, as in `load_observations`; obs: what that gave for the same
    `data` and `user`, where it is at hand. Raises KontumError naming what there is when a word is unknown.

    >>> chain = trace("Toàn tỉnh", "ty le ho ngheo", "2022")
    >>> chain.sources[["value", "used"]].values.tolist()
    [[10.86, True], [11.0, False]]
    """
    targets = load_targets(data)["target_id"].tolist()
    place = _Place(load_observations(None, data, user) if obs is None else obs, data, user, seed)
    if len(words) == 1 and words[0] in targets:
        return _target(words[0], place)
    if len(words) in (2, 3):
        return _cell(*words, place=place)
    from ..figures.catalogue import CATALOGUE

    if len(words) == 1 and words[0] in CATALOGUE:  # its file is made from published figures alone
        return _figure(words[0], _Place(load_observations(None, data), data, None, seed))
    question = " ".join(words)
    hint = did_you_mean(question, [*CATALOGUE, *targets])
    raise KontumError("error.trace.words", found=question, hint=hint, figures=sorted(CATALOGUE))


def _used_and_lost(rows: pd.DataFrame) -> pd.DataFrame:
    """Preferred rows and those that lost a conflict to one of them: bounds and repeats decide nothing."""
    return rows[rows["preferred"] | rows["preference"].isin(LOST)]


def _cell(name: str, indicator: str, date: str = "", *, place: _Place) -> Chain:
    words, indicator = indicator, _indicator(indicator, raw_tables(place.data)["indicators"])
    obs = place.obs[place.obs["indicator"] == indicator]
    is_asked = (obs["time_period"] == date) | obs["time_period"].str.startswith(f"{date}-" if date else "")
    meanings = [(where, _is_of(where, obs)) for where in _areas(name)]
    where, is_of = next((pair for pair in meanings if (pair[1] & is_asked).any()), meanings[0])
    dates, rows = sorted(set(obs.loc[is_of, "time_period"])), obs[is_of & is_asked]
    subject = " ".join(filter(None, [where.name, indicator, date]))
    if rows.empty:
        chain = _computed_cell(subject, where, indicator, date, place) if date else None
        if chain is None:
            days = dates or Words("error.trace.no_dates")
            when = [date] * bool(date)
            raise KontumError("error.trace.unpublished", what=", ".join([where.name, words, *when]), dates=days)
        return chain
    if date and not rows["preferred"].any() and rows["preference"].eq("lost_own_part").any():
        chain = _computed_cell(subject, where, indicator, date, place)
        if chain is not None:
            sources = pd.concat([place.with_sources(rows), chain.sources]).drop_duplicates("line", ignore_index=True)
            return replace(chain, sources=sources)
    steps = [Words("trace.way.rule"), *_office_step(rows)]
    is_derived = rows["preferred"] & (rows["obs_status"] == "E")
    own_steps = [
        step for row in rows[is_derived & is_own(rows)].to_dict("records") for step in _sum_step(row, place.obs)
    ]
    is_review = indicator in _COMPUTED or indicator.startswith("near_poor")
    derived = Words("trace.way.derive") if is_review else Words("trace.step.derived")
    steps += own_steps or [derived] * bool(is_derived.any())
    end = f"{date}-12-31"
    if len(date) == 4 and end not in set(rows["time_period"]):  # the figures of the year are of other days
        computed = _computed_cell(subject, where, indicator, date, place)
        values = [step for step in computed.steps if step.key in VALUE_STEPS] if computed else []
        steps += [Words("trace.step.year_end", day=end, value=value) for value in values]
    return Chain(subject, place.with_sources(rows), tuple(steps), {}, None)


def _areas(name: str) -> list[Area]:
    """What a name can mean: the area before July 2025, then the unit since; the province alone where it is meant."""
    if fold(name) in {fold(area_name(PROVINCE, lang)) for lang in LANGUAGES}:
        return [area(PROVINCE)]
    try:
        old = [resolve(name)]
    except UnknownAreaError:
        with suppress(UnknownAreaError):
            return [resolve(name, vintage="2025")]
        raise
    with suppress(UnknownAreaError):
        return old + [resolve(name, vintage="2025")] * (old[0].code != PROVINCE)
    return old


def _is_of(where: Area, obs: pd.DataFrame) -> pd.Series:
    """Which rows speak of an area: a unit of July 2025 may carry the code of an old commune."""
    is_of = obs["ref_area"] == where.code
    return is_of & (obs["time_period"].map(vintage_of) == where.vintage) if where.level == "commune" else is_of


def _office_step(rows: pd.DataFrame) -> list[Words]:
    """A step that says so where an office's own figures are among the rows used."""
    return [Words("trace.way.office")] * bool((rows["preferred"] & is_own(rows)).any())


def _sum_step(row: dict[Any, Any], obs: pd.DataFrame) -> list[Words]:
    """How a figure follows from an office's own: the parts of its sum, or the counts of its rate."""
    day, name, code = row["time_period"], row["indicator"], row["ref_area"]
    today = obs[obs["preferred"] & (obs["time_period"] == day)]
    if name in RATES:
        counts = today[today["ref_area"] == code].drop_duplicates("indicator").set_index("indicator")["obs_value"]
        count, base = (counts.get(part) for part in RATES[name])
        return [Words("trace.step.own_rate", count=count, base=base)] * (count is not None and base is not None)
    codes, level = (districts(), "district") if code == PROVINCE else (members(day).get(code, set()), "commune")
    parts = today[(today["level"] == level) & today["ref_area"].isin(codes) & (today["indicator"] == name)]
    values = list(zip(parts["area_name"], parts["obs_value"], strict=True))
    terms = {lang: "; ".join(f"{area} {plain(value, lang)}" for area, value in values) for lang in LANGUAGES}
    return [Words("trace.step.own_sum", count=len(parts), terms=terms)] * bool(len(parts))


def _indicator(name: str, indicators: pd.DataFrame) -> str:
    """The code of an indicator from its code or its name in either language, as written or without diacritics."""
    codes = indicators["indicator"].tolist()
    if name in codes:
        return name
    names = [*indicators["name_vi"], *indicators["name_en"]]
    for form in (_plain, fold, _spoken, _uncounted):
        code_of: dict[str, str] = dict(zip(map(form, names), [*codes, *codes], strict=True))
        if form(name) in code_of:
            return code_of[form(name)]
    hint = did_you_mean(name, codes) or did_you_mean(_plain(name), map(_plain, names))
    raise KontumError("error.trace.indicator", name=name, hint=hint)


def _spoken(name: str) -> str:
    """A name as it sounds: i and y are one letter (tỉ lệ, tỷ lệ)."""
    return fold(name).replace("y", "i")


def _uncounted(name: str) -> str:
    """A name without "the number of": hộ nghèo for số hộ nghèo."""
    return _spoken(name).removeprefix("so")


def _plain(name: str) -> str:
    return normalize("NFC", " ".join(name.split())).casefold()


def _computed_cell(subject: str, where: Area, indicator: str, date: str, place: _Place) -> Chain | None:
    """The chain of a figure that nobody published: derived or estimated in the panel, or projected; else None."""
    from ..figures.catalogue import rows_of

    if indicator not in _COMPUTED or not date[:4].isdigit() or date[4:] not in ("", "-12-31"):
        return None
    year, (column, unit) = int(date[:4]), _COMPUTED[indicator]
    estimates = estimate_panel(place.obs, seed=place.seed)
    panel = estimates.panel
    cell = panel[(panel["area"] == where.code) & (panel["year"] == year)]
    status = cell[f"status_{column}"].iloc[0] if len(cell) else "projected"
    steps = [Words("trace.way.rule"), Words("trace.way.derive")]
    is_exact = status in ("derived", "office")  # from its own figures and changes; an estimate leans on all districts
    steps += [Words("trace.way.estimate")] * (not is_exact)
    scenarios = {}
    if len(cell):
        steps.append(_cell_step(cell.iloc[0], column, unit, status))
    elif where.code in set(panel["area"]) and year > panel["year"].max():
        scenarios = {name: preset(name) for name in presets() if preset(name).end >= year}
        steps.append(Words("trace.way.project"))
    for scenario in scenarios.values():
        path = project_poverty(place.obs, scenario).set_index(["area", "year"])[column]
        words = {lang: title(scenario, lang) for lang in LANGUAGES}
        value = unit * path[where.code, year]
        steps.append(Words("trace.step.path", scenario=words, start=scenario.start, value=value))
    if not len(cell) and not scenarios:
        return None
    rows = rows_of("poverty_paths" if scenarios else "reconciled_districts", place.obs)
    if is_exact:
        rows = rows[rows["ref_area"] == where.code]
    elif not len(cell) or year <= estimates.total_years[-1]:  # only a year without a total leans on other provinces
        rows = rows[rows["ref_area"].isin([PROVINCE, *districts()])]
    rows = rows[rows["standard"].isin([STANDARD, ""]) & (rows["obs_status"] != "U")]  # U is not estimated from
    steps += _office_step(rows)
    sources = place.with_sources(_used_and_lost(rows), first=where.code)
    values = {name: scenario.model_dump() for name, scenario in scenarios.items()}
    return Chain(subject, sources, tuple(steps), values, None if is_exact else place.seed)


def _cell_step(cell: Any, column: str, unit: int, status: str) -> Words:
    """The value of a cell of the panel, with its 80 % interval where it is estimated and has one."""
    status = "office_derived" if status == "office" and is_mixed(cell["source_id"]) else status
    value, status_words = unit * cell[column], Words(f"status.{status}")
    name = {"poor_households": "poor"}.get(column, column)
    if f"{name}_q10" not in cell or pd.isna(cell[f"{name}_q10"]):
        return Words("trace.step.cell", value=value, status=status_words)
    low, high = (unit * cell[f"{name}_{end}"] for end in ("q10", "q90"))
    return Words("trace.step.cell_range", value=value, status=status_words, low=low, high=high)


def _figure(name: str, place: _Place) -> Chain:
    from ..figures import build
    from ..figures.catalogue import CATALOGUE, rows_of

    entry = CATALOGUE[name]
    steps = [Words("trace.way.rule"), *(Words(f"trace.way.{key}") for key in entry.steps)]
    file, data_hash = f"figures/vi/{name}.csv", build(name, place.obs, "vi").data_hash
    steps.append(Words("trace.step.figure", file=file, hash=data_hash))
    sources = place.with_sources(_used_and_lost(rows_of(name, place.obs)))
    values = {scenario: preset(scenario).model_dump() for scenario in entry.scenarios}
    return Chain(name, sources, tuple(steps), values, place.seed if entry.is_drawn else None)


def _target(target_id: str, place: _Place) -> Chain:
    target: Any = load_targets(place.data).set_index("target_id").loc[target_id]
    board = scoreboard(place.obs, data=place.data, seed=place.seed, only=[target_id])
    steps, is_drawn = [Words("trace.step.target", document=target.document)], False
    if len(board):
        row: Any = board.iloc[0]
        evidence = place.obs[place.obs["line"].astype(str).isin(row.source_lines.split("|"))]
        rows = place.obs.merge(evidence[["ref_area", "indicator", "time_period", "standard"]].drop_duplicates())
        rows = rows[rows["line"].isin(evidence["line"]) | rows["preference"].isin(LOST)]  # with what lost to them
        is_drawn = bool(pd.notna(row.probability))
        value = {lang: plain(row.latest_value, lang) for lang in LANGUAGES}
        latest = Words("trace.step.latest", day=row.latest_day, value=value, status=Words(f"status.{row.kind}"))
        steps.append(Words("trace.kind.none") if row.kind == "none" else latest)
        steps += [Words("trace.way.estimate")] * (row.kind == "estimated")
        low, high = ({lang: plain(bound, lang) for lang in LANGUAGES} for bound in (row.bound_low, row.bound_high))
        steps += [Words("trace.step.bound_low", value=low)] * bool(pd.notna(row.bound_low))
        steps += [Words("trace.step.bound_high", value=high)] * bool(pd.notna(row.bound_high))
        if is_drawn:
            steps.append(Words("trace.way.ntm" if row.programme == "NTM" else "trace.way.outlook"))
            low, high = row.probability_low, row.probability_high
            alone = Words("trace.step.chance_alone", chance=row.probability)
            ranged = Words("trace.step.chance", chance=row.probability, low=low, high=high)
            steps.append(alone if pd.isna(low) else ranged)
        status = {lang: text(status_key(row.status, row.period_over), lang) for lang in LANGUAGES}
        reason = Words(f"reason.{row.reason}")
        steps.append(Words("trace.step.status", status=status, reason=reason))
    else:
        of_target = (place.obs["ref_area"] == target.scope_area) & (place.obs["indicator"] == target.indicator)
        rows = _used_and_lost(place.obs[of_target])
    source = raw_tables(place.data)["sources"].set_index("source_id").loc[target.source_id]
    head = {"line": 0, "area": target.scope_area, "indicator": target.indicator, "value": target.value_low}
    head |= {"used": True, "reason_vi": target_id, "reason_en": target_id, "source_id": target.source_id}
    head |= source[["publisher", "document_no", "url"]].to_dict()
    table = pd.DataFrame([dict.fromkeys(COLUMNS, "") | head])[COLUMNS]  # the target itself, no row of observations
    if len(rows):
        table = pd.concat([table, place.with_sources(rows)], ignore_index=True)
    return Chain(target_id, table, tuple(steps), {}, place.seed if is_drawn else None)
