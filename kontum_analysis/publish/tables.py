"""The tables people read: what each holds, and how its columns are shown in either language."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from ..base.words import labels, number, text
from ..data.areas import POOR_DISTRICTS, PROVINCE, area_name, crosswalk
from ..data.observations import raw_tables, select
from ..data.programme import corridors
from ..poverty.estimates import estimate_panel
from ..poverty.known import opening_rates
from ..poverty.paces import Inputs, implied_pace
from ..poverty.paths import exit_quotas, groups, project_poverty
from ..poverty.scenarios import Scenario, preset, presets, title

# how a column is shown: p = per cent of a fraction, n = number, with so many decimals, g = at most so many; else as
# it is
FORMATS = {
    "percentile": "p0",
    "poor_percentile": "p0",
    "chance_2025": "p0",
    "poor_chance_2025": "p0",
    "chance_2030": "p0",
    "mae_point_pp": "n2",
    "low_80": "n0",
    "high_80": "n0",
    "latest_value": "g2",
    "value": "g2",
    "gap": "g2",
    "pace_needed": "g2",
    "pace_observed": "g2",
    "projected_value": "g1",
    "national_low": "g1",
    "national_high": "g1",
    "province_low": "g1",
    "horizon_year": "y",
    "known_at_least": "g2",
    "known_at_most": "g2",
    "probability": "p1",
    "coverage_50": "p0",
    "coverage_80": "p0",
    "coverage_95": "p0",
    "p_attained_end": "p0",
    "mae_pp": "n2",
    "wis_pp": "n2",
    "mae": "n2",
    "wis": "n2",
    "crps": "n2",
    "median": "n0",
    "target": "n0",
    "count_low": "n0",
    "count_high": "n0",
    "nearness_rank": "n0",
    "n": "n0",
    "cases": "n0",
    "rate": "p2",
    "rate_q10": "p2",
    "rate_q90": "p2",
    "q10": "p2",
    "q90": "p2",
    "truth": "p2",
    "estimate": "p2",
    "paper_2025": "p2",
    "rate_2025": "p2",
    "rate_2030": "p2",
    "poor_2025": "p2",
    "poor_2030": "p2",
    "province_rate": "p2",
    "poor_districts_rate": "p2",
    "needed_rate": "p2",
    "floor_rate": "p2",
    "floor": "p2",
    "near_poor_rate": "p2",
    "dtts_rate": "p2",
    "error_pp": "n2",
    "needed_pace_pp": "n2",
    "shortfall_pp": "n2",
    "stated": "g2",
    "computed": "g2",
    "used": "g2",
    "not_used": "g2",
    "obs_value": "g2",
    "bound_value": "g2",
    "difference": "n0",
    "households": "n0",
    "poor_households": "n0",
    "poor_q10": "n0",
    "poor_q90": "n0",
    "quota": "n0",
    "exits_to_2025": "n0",
    "exits_to_2030": "n0",
    "count": "n0",
    "rows": "n0",
    "dtts_poor_households": "n0",
    "near_poor_households": "n0",
}
# columns whose values are words of labels.csv: column -> prefix of the key
_WORDS = {
    "status": "status",
    "status_rate": "status",
    "status_poor_households": "status",
    "status_households": "status",
    "form": "form",
    "identity": "identity",
    "bound": "bound",
    "event": "event",
    "at": "at",
    "unit_measure": "unit_measure",
    "method": "method",
    "steps": "steps",
    "target_status": "target_status",
    "reason": "reason",
    "kind": "kind",
}


_OTHER = {"vi": ("_en",), "en": ("_vi",)}  # columns of the other language


def shown(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The table as text for a reader: headings, names and numbers in one language; every cell a string.

    A column is shown by its label `col.NAME`; areas become names; formats are those of FORMATS.
    """
    columns = {}
    for column, name in shown_columns(frame, lang):
        spec = FORMATS.get(column) or (f"n{frame.attrs['decimals']}" if isinstance(column, int) else None)
        columns[name] = [_cell(column, value, spec, lang) for value in frame[column]]
    return pd.DataFrame(columns, dtype=str)


def shown_columns(frame: pd.DataFrame, lang: str) -> Iterator[tuple[Any, str]]:
    """(column, its heading) for each column that a reader of this language sees, in order."""
    for column in frame.columns:
        double = column == "area_name" and "area" in frame.columns
        if double or (isinstance(column, str) and column.endswith(_OTHER[lang])):
            continue
        name = labels().get(f"col.{str(column).removesuffix(f'_{lang}')}", {}).get(lang, str(column))
        yield column, title(preset(column), lang) if column in presets() else name


def _cell(column: Any, value: Any, spec: str | None, lang: str) -> str:
    if pd.isna(value):
        return "–"
    if column == "area":
        return area_name(value, lang)
    if column == "scenario":
        return title(preset(value), lang) if value in presets() else str(value)
    if str(value) in ("True", "False"):
        return text(f"yesno.{value}", lang)
    if column == "indicator":
        return str(raw_tables()["indicators"].set_index("indicator").loc[value, f"name_{lang}"])
    if column in _WORDS and f"{_WORDS[column]}.{value}" in labels():
        return text(f"{_WORDS[column]}.{value}", lang)
    if spec is None:
        return str(value)
    if spec == "y":  # a year carries no thousands mark
        return str(int(value))
    decimals = int(spec[1:])
    if spec[0] == "g":
        decimals = next(d for d in range(decimals + 1) if d == decimals or round(value, d) == round(value, decimals))
    return number(value * 100 if spec[0] == "p" else value, decimals, lang)


def headline(obs: pd.DataFrame | Inputs, scenarios: Iterable[Scenario] | None = None) -> pd.DataFrame:
    """One row a scenario (default: every preset): where the paces lead in 2025 and 2030, and how many households must
    leave poverty.

    Columns: scenario; paper_2025 (the province's pace alone, nothing below zero); rate_2025, rate_2030 of the province;
    poor_2025, poor_2030 of the poor districts (fractions); exits_to_2025 from the scenario's start, exits_to_2030 after
    2025 (households, net of new poor); start.

    >>> from kontum_analysis.data.observations import load_observations
    >>> headline(load_observations()).set_index("scenario").paper_2025.round(4)["programme-mid"]
    np.float64(0.0132)
    """
    rows = []
    for scenario in map(preset, presets()) if scenarios is None else scenarios:
        projection = project_poverty(obs, scenario)
        rate = groups(projection).set_index(["area", "year"])["rate"]
        quota = exit_quotas(projection).groupby("year")["quota"].sum()
        paper = implied_pace(obs, scenario).set_index("year")["province_rate"].clip(lower=0)
        rows.append(
            dict(
                scenario=scenario.name,
                start=scenario.start,
                paper_2025=paper.get(2025),
                rate_2025=rate.get((PROVINCE, 2025)),
                poor_2025=rate.get((POOR_DISTRICTS, 2025)),
                exits_to_2025=quota[quota.index <= 2025].sum(),
                rate_2030=rate.get((PROVINCE, 2030)),
                poor_2030=rate.get((POOR_DISTRICTS, 2030)),
                exits_to_2030=quota[quota.index > 2025].sum() if scenario.end > 2025 else None,
            )
        )
    return pd.DataFrame(rows)


def rates_by_year(projection: pd.DataFrame) -> pd.DataFrame:
    """Rates in per cent with a column for each year: the province, the two groups of districts, each district."""
    rows = pd.concat([groups(projection), projection[projection["level"] == "district"]])
    wide = rows.assign(rate=100 * rows["rate"]).pivot(index="area", columns="year", values="rate")
    return _with_decimals(wide.loc[rows["area"].drop_duplicates()], 2)


def quotas_by_year(projection: pd.DataFrame) -> pd.DataFrame:
    """Households to leave poverty with a column for each year: each district and the province."""
    wide = exit_quotas(projection).pivot(index="area", columns="year", values="quota")
    wide.loc[PROVINCE] = wide.sum()
    return _with_decimals(wide, 0)


def scenario_chances(obs: pd.DataFrame, draws: int = 2000) -> pd.DataFrame:
    """For each preset: how fast its paces are among those seen, and the chance of the programme's averages if they
    hold.

    Columns: scenario; percentile, poor_percentile (share of observed provincial speeds that are slower than the first
    year's pace);
    chance_2025, poor_chance_2025 (an average of at least 3, 6 points from end-2021 to end-2025); chance_2030 (3 points
    to end-2030,
    the provincial master plan); missing where a scenario ends before. Draws are those of `draws.scenario_draws`.
    """
    from ..poverty.draws import chance_of_average, scenario_draws
    from ..poverty.history import observed_paces, pace_percentile

    seen = observed_paces(obs)["speed"]
    opening, rows = opening_rates(obs), []
    for name in presets():
        scenario = preset(name)
        found = scenario_draws(obs, scenario, draws)
        projection = groups(project_poverty(obs, scenario)).set_index(["area", "year"])["rate"]
        row: dict[str, Any] = dict(scenario=name)
        for prefix, area in (("", PROVINCE), ("poor_", POOR_DISTRICTS)):
            level = projection[area, scenario.start]
            first = 100 * (level - projection[area, scenario.start + 1])
            row[f"{prefix}percentile"] = pace_percentile(first, level, seen)
            for year in (2025, 2030):
                pace, is_drawn = corridors()[area].low, year in found.years
                chance = chance_of_average(found, area, pace, opening[area], year) if is_drawn else None
                row[f"{prefix}chance_{year}"] = chance
        rows.append(row)
    return pd.DataFrame(rows)[
        ["scenario", "percentile", "poor_percentile", "chance_2025", "poor_chance_2025", "chance_2030"]
    ]


def wide_by_scenario(columns: Mapping[str, pd.Series]) -> pd.DataFrame:
    """One row an area and one column a scenario, from a dict of scenario name to values indexed by area."""
    return pd.DataFrame(columns).rename_axis("area").reset_index()


def _with_decimals(wide: pd.DataFrame, decimals: int) -> pd.DataFrame:
    wide = wide.rename_axis(columns=None).reset_index()
    wide.attrs["decimals"] = decimals
    return wide


def baseline_districts(obs: pd.DataFrame) -> pd.DataFrame:
    """End-2021 by district: rate and poor households, the same for ethnic minorities, near-poor where published."""
    panel = estimate_panel(obs).panel
    rows = panel[panel["year"] == 2021].set_index("area")
    day = obs[obs["time_period"] == "2021-12-31"]

    def of(indicator: str) -> pd.Series:
        return select(day, indicator, standard="MDP_2022_2025").set_index("ref_area")["obs_value"]

    return (
        rows[["rate", "status_rate", "households", "poor_households"]]
        .assign(
            dtts_rate=of("dtts_poverty_rate_pct") / 100,
            dtts_poor_households=of("dtts_poor_households"),
            near_poor_rate=of("near_poor_rate_pct") / 100,
        )
        .reset_index()
    )


def units_2025(obs: pd.DataFrame) -> pd.DataFrame:
    """The 40 units of July 2025: code, name, number of old units in each, and old communes named as NTM-attained."""
    from ..ntm.attainment import project_ntm

    cross = crosswalk()
    projection = project_ntm(obs, draws=2)
    named = set(projection.communes.loc[projection.communes["attained_by"].fillna("") != "", "code"])
    table = cross.assign(attained_named=cross["old_code"].isin(named)).groupby(["new_code", "new_name"], as_index=False)
    return table.agg(old_communes=("old_code", "size"), attained_named=("attained_named", "sum"))


def standard_change(item: str, standard: str = "MDP_2026_2030") -> dict[str, Any]:
    """An income line of the new poverty standard beside the one in force: the words and numbers of one sentence."""
    rows = raw_tables()["standards"]
    new = rows[(rows["standard"] == standard) & (rows["item"] == item)].iloc[0]
    now = rows[(rows["standard"] == "MDP_2022_2025") & (rows["item"] == item)].iloc[0]
    words = {lang: text(f"standard.{item.rpartition(', ')[2]}", lang) for lang in ("vi", "en")}
    return dict(
        standard=standard,
        document=new["source_id"],
        since=new["valid_from"],
        item=words,
        value=float(new["value"]),
        now=float(now["value"]),
    )
