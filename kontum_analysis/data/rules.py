"""Rules that need more than one field: known codes, ranges, sums, and figures that must agree.

Each rule takes the text tables of one raw folder and yields a Problem for every row that breaks it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from ..base.errors import Problem, Words
from ..base.files import first_problems
from .areas import LAST_DAY_OF_DISTRICTS
from .reading import LINE
from .schemas import WHOLE_UNITS

Tables = Mapping[str, pd.DataFrame]
_THOUSANDS = re.compile(r"-?\d{1,3}(\.\d{3})+")
# rate -> (count, base): rate = 100 * count / base, for one area, date and standard
RATES = {
    "poverty_rate_pct": ("poor_households", "households_total"),
    "near_poor_rate_pct": ("near_poor_households", "households_total"),
    "dtts_poverty_rate_pct": ("dtts_poor_households", "dtts_households"),
    "dtts_near_poor_rate_pct": ("dtts_near_poor_households", "dtts_households"),
    "dtts_share_of_poor_households_pct": ("dtts_poor_households", "poor_households"),
}
ADDITIVE = [
    "households_total",
    "dtts_households",
    "poor_households",
    "near_poor_households",
    "dtts_poor_households",
    "dtts_near_poor_households",
]
NOT_COMPARED = {"dtts_village_ntm_year"}  # several villages of one commune, each with its own year
DAYS = {
    "observations": ["time_period"],
    "sources": ["published"],
    "areas": ["valid_from", "valid_to"],
    "standards": ["valid_from", "valid_to"],
    "conflicts": ["time_period"],
}
GROSS = 0.25  # a rate this far (relative) from count over base is a wrong unit or a wrong row, not rounding


def cross_table_problems(tables: Tables) -> list[Problem]:
    """All problems that only show when the tables are read together, in one list."""
    rules = [
        _calendar,
        _references,
        _observation_values,
        _observation_areas,
        _fractions,
        _gross_rates,
        _implied_bases,
        _parts,
        _conflicts,
        _registers,
        _targets,
    ]
    return [problem for rule in rules for problem in first_problems(rule(tables), "*.csv")]


def row_problems(tables: Tables) -> list[Problem]:
    """Problems of single rows of observations: days, references, units, ranges, areas. Own figures are
    held to these.
    """
    return [p for rule in (_calendar, _references, _observation_values, _observation_areas) for p in rule(tables)]


def comparable(observations: pd.DataFrame) -> pd.DataFrame:
    """Observations that state a value (no bounds), with `value` as number and the area vintage of their date."""
    rows = observations[observations["bound"].isin(["exact", "approximate"])]
    vintage = (rows["time_period"] > LAST_DAY_OF_DISTRICTS).map({True: "2025", False: "2020"})
    return rows.assign(value=pd.to_numeric(rows["obs_value"]), vintage=vintage)


def _cell_problem(file: str, row: Any, column: str, allowed: str, **values: Any) -> Problem:
    """The problem of a cell; row: a Series or a named tuple of the table; values: of what is allowed."""
    row = row if isinstance(row, pd.Series) else pd.Series(row._asdict())
    return Problem(f"{file}.csv", int(row[LINE]), column, str(row[column]), allowed, values)


_figure_problem = partial(_cell_problem, "observations")


def _cell_problems(file: str, rows: pd.DataFrame, column: str, allowed: str) -> Iterator[Problem]:
    """The same problem in every one of these rows."""
    for _, row in rows.iterrows():
        yield _cell_problem(file, row, column, allowed)


def _references(tables: Tables) -> Iterator[Problem]:
    sources = set(tables["sources"]["source_id"])
    indicators = set(tables["indicators"]["indicator"])
    codes = set(tables["areas"]["code"])
    for name, table in tables.items():
        if name == "sources":
            continue
        column = next((c for c in ("source_id", "source_ids") if c in table.columns), None)
        if column:
            unknown = table[column].map(lambda text: ", ".join(s for s in text.split("|") if s and s not in sources))
            wrong = table.assign(**{column: unknown})[unknown != ""]
            yield from _cell_problems(name, wrong, column, "allowed.source")
        if "indicator" in table.columns and name not in ("indicators", "excluded"):
            yield from _cell_problems(
                name, table[~table["indicator"].isin(indicators)], "indicator", "allowed.indicator"
            )
        area = next((c for c in ("ref_area", "scope_area") if c in table.columns), None)
        if area and name not in ("excluded", "observations"):
            yield from _cell_problems(name, table[~table[area].isin(codes)], area, "allowed.area")


def _calendar(tables: Tables) -> Iterator[Problem]:
    """Days are written right in every field (the schemas see to it), and here they must exist: no 30 February."""
    for name, columns in DAYS.items():
        for column in columns:
            wrong = tables[name][column].map(_is_no_day)
            yield from _cell_problems(name, tables[name][wrong], column, "allowed.calendar")


def _is_no_day(text: str) -> bool:
    try:
        return len(text) == 10 and not date.fromisoformat(text)
    except ValueError:
        return True


def _observation_values(tables: Tables) -> Iterator[Problem]:
    obs, indicators = tables["observations"], tables["indicators"].set_index("indicator")
    known = obs[obs["indicator"].isin(indicators.index)]
    unit = known["indicator"].map(indicators["unit_measure"])
    for _, row in known.assign(unit=unit)[known["unit_measure"] != unit].iterrows():
        yield _figure_problem(row, "unit_measure", "allowed.unit", unit=row.unit, indicator=row.indicator)
    whole = known["unit_measure"].isin(WHOLE_UNITS) & ~known["obs_value"].str.fullmatch(r"-?\d+")
    for _, row in known[whole].iterrows():
        if _THOUSANDS.fullmatch(row.obs_value):
            plain = row.obs_value.replace(".", "")
            yield _figure_problem(row, "obs_value", "allowed.whole_units_thousands", unit=row.unit_measure, plain=plain)
        else:
            yield _figure_problem(row, "obs_value", "allowed.whole_units", unit=row.unit_measure)
    value = pd.to_numeric(known["obs_value"])
    low = pd.to_numeric(known["indicator"].map(indicators["min"])).fillna(-float("inf"))
    high = pd.to_numeric(known["indicator"].map(indicators["max"])).fillna(float("inf"))
    for _, row in known.assign(low=low, high=high)[(value < low) | (value > high)].iterrows():
        yield _figure_problem(row, "obs_value", "allowed.range", indicator=row.indicator, low=row.low, high=row.high)


def _observation_areas(tables: Tables) -> Iterator[Problem]:
    obs, areas = tables["observations"], tables["areas"]
    look = {(r.vintage, r.code): r for r in areas.itertuples()}
    row: Any
    for row in obs.itertuples():
        vintage = "2025" if row.time_period > LAST_DAY_OF_DISTRICTS else "2020"
        found = look.get((vintage, row.ref_area)) or look.get(("2020", row.ref_area))
        if found is None:
            yield _figure_problem(row, "ref_area", "allowed.area")
            continue
        if not found.valid_from <= row.time_period <= (found.valid_to or row.time_period):
            yield _figure_problem(
                row,
                "time_period",
                "allowed.area_exists",
                name=found.name_vi,
                code=found.code,
                first=found.valid_from or Words("allowed.from_start"),
                last=found.valid_to or Words("allowed.until_now"),
            )
        if row.area_name != found.name_vi:
            yield _figure_problem(row, "area_name", "allowed.area_name", name=found.name_vi, code=found.code)
        if row.level != found.level:
            yield _figure_problem(row, "level", "allowed.area_level", level=found.level, name=found.name_vi)
        if (
            row.date_precision == "year"
            and row.time_period[4:] != "-12-31"
            and row.time_period != LAST_DAY_OF_DISTRICTS
        ):
            yield _figure_problem(row, "time_period", "allowed.year_end")


def _fractions(tables: Tables) -> Iterator[Problem]:
    """A per cent below 1 where the area's other figures are about a hundred times as large is a fraction."""
    rows = comparable(tables["observations"])
    rows = rows[(rows["unit_measure"] == "percent") & (rows["value"] > 0)]
    small = rows[rows["value"] < 1]
    for area, indicator in sorted(set(zip(small["ref_area"], small["indicator"], strict=True))):
        group = rows[(rows["ref_area"] == area) & (rows["indicator"] == indicator)]
        for index, row in group[group["value"] < 1].iterrows():
            others = group["value"].drop(index)
            if len(others) and others.min() > 20 * row.value and others.min() / 4 < 100 * row.value < 4 * others.max():
                yield _figure_problem(
                    row, "obs_value", "allowed.per_cent", low=others.min(), high=others.max(), meant=100 * row.value
                )


def _gross_rates(tables: Tables) -> Iterator[Problem]:
    rows = comparable(tables["observations"])
    for _, row in rate_disagreements(rows).drop_duplicates(LINE).sort_values(LINE).iterrows():
        if abs(row.stated - row.computed) > GROSS * max(row.computed, 1e-9):
            yield Problem(
                "observations.csv",
                int(row[LINE]),
                "obs_value",
                f"{row.stated:g}",
                "allowed.rate_agrees",
                dict(indicator=row.indicator, count=row.count_name, base=row.base_name, computed=row.computed),
            )


def _implied_bases(tables: Tables) -> Iterator[Problem]:
    """A count and its rate imply a number of households; one far from the area's others has a wrong digit in either."""
    rows = comparable(tables["observations"])
    rows = rows[(rows["bound"] == "exact") & (rows["obs_status"] != "U") & (rows["value"] > 0)]
    stated = rows[rows["indicator"] == "households_total"]
    rates, counts = (rows[rows["indicator"] == name] for name in ("poverty_rate_pct", "poor_households"))
    pairs = rates.merge(counts, on=["ref_area", "time_period", "standard"], suffixes=("", "_count"))
    pairs["base"] = 100 * pairs["value_count"] / pairs["value"]
    known = pd.concat([stated.assign(base=stated["value"]), pairs])[["ref_area", "time_period", "base"]]
    for _, row in pairs.iterrows():
        others = known[(known["ref_area"] == row.ref_area) & (known["time_period"] != row.time_period)]["base"]
        if len(others) and not others.median() * (1 - GROSS) <= row.base <= others.median() * (1 + GROSS):
            yield Problem(
                "observations.csv",
                int(row.line),
                "obs_value",
                f"{row.value:g}",
                "allowed.base_fits",
                dict(count=row.value_count, rate=row.value, implied=row.base, usual=others.median()),
            )


def rate_disagreements(rows: pd.DataFrame) -> pd.DataFrame:
    """Rates beside their own count and base; `within_rounding` tells whether they agree as printed.

    rows: comparable() observations. Returns one row a rate and pair of figures: line, ref_area, indicator,
    time_period, stated and computed (per cent), tolerance (points), within_rounding.
    """
    found = []
    value: dict[tuple[str, str, str], list[tuple[str, float]]] = {}
    row: Any
    for key, standard, v in zip(
        zip(rows["ref_area"], rows["time_period"], rows["indicator"], strict=True),
        rows["standard"],
        rows["value"],
        strict=True,
    ):
        value.setdefault(key, []).append((standard, v))
    for row in rows[rows["indicator"].isin(RATES)].itertuples():
        count, base = (_figures(value, row, name) for name in RATES[row.indicator])
        for c in count:
            for b in base:
                decimals = len(row.obs_value.partition(".")[2])
                tolerance = 0.5 * 10.0**-decimals + 50.0 / b  # printed rounding of the rate, half a household
                computed = 100.0 * c / b
                found.append(
                    (
                        row.line,
                        row.ref_area,
                        row.indicator,
                        row.time_period,
                        row.value,
                        computed,
                        tolerance,
                        abs(row.value - computed) <= tolerance,
                        *RATES[row.indicator],
                    )
                )
    columns = [
        LINE,
        "ref_area",
        "indicator",
        "time_period",
        "stated",
        "computed",
        "tolerance",
        "within_rounding",
        "count_name",
        "base_name",
    ]
    return pd.DataFrame(found, columns=columns)


def _figures(value: Mapping[tuple[str, str, str], list[tuple[str, float]]], row: Any, name: str) -> list[float]:
    found = value.get((row.ref_area, row.time_period, name), [])
    return list(dict.fromkeys(v for standard, v in found if standard in (row.standard, "") and v > 0))


def _parts(tables: Tables) -> Iterator[Problem]:
    for _, row in part_sums(tables).iterrows():
        if row.parts != row.whole:
            yield Problem(
                "observations.csv",
                int(row.line),
                "obs_value",
                f"{row.whole:g}",
                "allowed.sum",
                dict(indicator=row.indicator, day=row.time_period, parts=row.parts),
            )


def part_sums(tables: Tables) -> pd.DataFrame:
    """Province totals beside the sum of the districts, wherever all districts are stated exactly."""
    areas = tables["areas"]
    districts = areas[(areas["level"] == "district") & (areas["vintage"] == "2020")]
    children = {parent: set(group["code"]) for parent, group in districts.groupby("parent_code")}
    rows = comparable(tables["observations"])
    rows = rows[rows["indicator"].isin(ADDITIVE) & (rows["bound"] == "exact")]
    found = []
    for (indicator, day, standard), group in rows.groupby(["indicator", "time_period", "standard"]):
        for _, row in group[group["level"] == "province"].iterrows():
            parts = group[group["ref_area"].isin(children.get(row.ref_area, ()))].drop_duplicates("ref_area")
            if len(parts) and set(parts["ref_area"]) == children[row.ref_area]:
                found.append((row.line, row.ref_area, indicator, day, standard, parts["value"].sum(), row.value))
    return pd.DataFrame(found, columns=[LINE, "ref_area", "indicator", "time_period", "standard", "parts", "whole"])


def fact_key(row: Any) -> tuple[str, str, str, str]:
    """What makes two rows figures for one fact; an indicator whose value is a year has no date of its own."""
    if row.unit_measure == "year":
        return (row.ref_area, row.indicator, "", "")
    return (row.ref_area, row.indicator, row.time_period, row.standard)


def _conflicts(tables: Tables) -> Iterator[Problem]:
    conflicts = tables["conflicts"]
    for _, row in conflicts.iterrows():
        if len(row["values"].split("|")) != len(row["source_ids"].split("|")):
            yield _cell_problem("conflicts", row, "values", "allowed.as_many")
        if row.preferred_source_id not in row["source_ids"].split("|"):
            yield _cell_problem("conflicts", row, "preferred_source_id", "allowed.one_of", values=row["source_ids"])
    listed = set(zip(conflicts.ref_area, conflicts.indicator, conflicts.time_period, conflicts.standard, strict=True))
    rows = comparable(tables["observations"])
    rows = rows[~rows["indicator"].isin(NOT_COMPARED)]
    keys = [fact_key(r) for r in rows.itertuples()]
    values: dict[tuple[str, str, str, str], set[float]] = {}
    for key, value in zip(keys, rows["value"], strict=True):
        values.setdefault(key, set()).add(value)
    found = {key for key in values if len(values[key]) > 1}
    for key in sorted(found - listed):
        group = rows[[k == key for k in keys]]
        stated = " | ".join(group["obs_value"])
        yield _figure_problem(group.iloc[-1], "obs_value", "allowed.one_value", stated=stated)
    for _, row in conflicts.iterrows():
        if (row.ref_area, row.indicator, row.time_period, row.standard) not in found:
            yield _cell_problem("conflicts", row, "values", "allowed.shown_conflict")


def _registers(tables: Tables) -> Iterator[Problem]:
    areas, cross, grid = tables["areas"], tables["crosswalk_2025"], tables["tile_grid"]
    lost = areas[(areas["parent_code"] != "") & ~areas["parent_code"].isin(areas["code"])]
    yield from _cell_problems("areas", lost, "parent_code", "allowed.area_or_none")
    old = areas[(areas["vintage"] == "2020") & (areas["level"] == "commune")].set_index("code")["name_vi"]
    new = areas[(areas["vintage"] == "2025") & (areas["level"] == "commune")].set_index("code")["name_vi"]
    for column, names in (("old", old), ("new", new)):
        for _, row in cross.iterrows():
            if names.get(row[f"{column}_code"]) != row[f"{column}_name"]:
                yield _cell_problem("crosswalk_2025", row, f"{column}_code", f"allowed.{column}_commune")
    for code in sorted(set(old.index) - set(cross["old_code"])):
        yield Problem("crosswalk_2025.csv", None, "old_code", code, "allowed.every_commune")
    taken = grid[grid.duplicated(["vintage", "level", "row", "col"])]
    yield from _cell_problems("tile_grid", taken, "row", "allowed.one_tile")


def _targets(tables: Tables) -> Iterator[Problem]:
    for _, row in tables["targets"].iterrows():
        if (row.comparator == "qualitative") != (row.value_low == ""):
            yield _cell_problem("targets", row, "value_low", "allowed.target_value")
        elif row.comparator == "range" and not float(row.value_low) < float(row.value_high or "-inf"):
            yield _cell_problem("targets", row, "value_high", "allowed.above_low", low=row.value_low)
