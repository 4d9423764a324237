"""Rules that need more than one cell: known codes, ranges, sums, and figures that must agree.

Each rule takes the text tables of one raw folder and yields the rows that break it; `problems` puts them in words.
"""

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pandas as pd

from ..base.errors import Problem, Words, did_you_mean
from ..base.files import first_problems
from .areas import LAST_DAY_OF_DISTRICTS, vintage_of
from .arithmetic import FACT, Tables, comparable, facts, known_parts, rate_disagreements
from .contract import LINE, LINKS, Breach, problems

NOT_COMPARED = {"dtts_village_ntm_year"}  # several villages of one commune, each with its own year
WHOLE_UNITS = ["households", "persons", "communes", "villages", "count", "flag", "year", "class"]
GROSS = 0.25  # a rate this far (relative) from count over base is a wrong unit or a wrong row, not rounding
_ALLOWED = {"sources": "allowed.source", "indicators": "allowed.indicator", "areas": "allowed.area"}
_STRICTER = {  # links that a rule below checks more closely
    ("observations", "ref_area"),
    ("crosswalk_2025", "old_code"),
    ("crosswalk_2025", "new_code"),
    ("conflicts", "preferred_source_id"),
}


def cross_table_problems(tables: Tables) -> list[Problem]:
    """All problems that only show when the tables are read together, in one list."""
    rules = [
        _references,
        *_ROW_RULES,
        _fractions,
        _gross_rates,
        _implied_bases,
        _parts,
        _bounds,
        _conflicts,
        _registers,
        _targets,
    ]
    return [problem for rule in rules for problem in first_problems(problems(rule(tables)), "*.csv")]


def row_problems(tables: Tables) -> list[Problem]:
    """Problems of single observations: references, units, ranges, areas. An office's own figures are held to these."""
    references = _references(tables, ["observations"])
    return [*problems(references), *(problem for rule in _ROW_RULES for problem in problems(rule(tables)))]


def _references(tables: Tables, names: Collection[str] = tuple(LINKS)) -> Iterator[Breach]:
    for name in names:
        for column, link in LINKS[name].items():
            to, _, key = link.partition(".")
            if (name, column) in _STRICTER:
                continue
            codes, table = set(tables[to][key]), tables[name]
            unknown = table[column].map({cell: _unknown(cell, codes) for cell in table[column].unique()})
            rows = table.assign(**{column: unknown}, more=unknown.groupby(unknown).transform("size") - 1)
            rows = rows[unknown != ""].drop_duplicates(column)  # one message a cause
            hints: list[Any] = [_near_codes(cell, tables[to], key) for cell in rows[column]]
            others: list[Any] = [Words("allowed.and_others", count=more) if more else "" for more in rows["more"]]
            rows = rows.assign(hint=hints, others=others)
            allowed = "allowed.area_or_none" if column == "parent_code" else _ALLOWED[to]
            yield Breach(name, rows, column, allowed, ("hint", "others"))


def _near_codes(cell: str, table: pd.DataFrame, key: str) -> Words | str:
    """The end of a message: the codes that an unknown code, or a name in its place, is nearest to."""
    columns = [column for column in (key, "name_vi", "name_en") if column in table]
    codes = {name: code for column in reversed(columns) for name, code in zip(table[column], table[key], strict=True)}
    near = did_you_mean(cell, codes)
    return (
        Words(near.key, names=list(dict.fromkeys(codes[name] for name in near.values["names"])))
        if isinstance(near, Words)
        else ""
    )


def _unknown(cell: str, codes: set[str]) -> str:
    return ", ".join(value for value in cell.split("|") if value and value not in codes)


def _observation_values(tables: Tables) -> Iterator[Breach]:
    indicators = tables["indicators"].rename(columns={"unit_measure": "unit", "min": "low", "max": "high"})
    rows = tables["observations"].merge(indicators[["indicator", "unit", "low", "high"]], on="indicator")
    other_unit = rows["unit_measure"] != rows["unit"]
    yield Breach("observations", rows[other_unit], "unit_measure", "allowed.unit", ("unit", "indicator"))
    is_whole = ~rows["unit_measure"].isin(WHOLE_UNITS) | rows["obs_value"].str.fullmatch(r"-?[0-9]+")
    fractions = rows.assign(unit=rows["unit_measure"], plain=rows["obs_value"].str.replace(".", ""))[~is_whole]
    thousands = fractions["obs_value"].str.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+")
    with_marks = ("unit", "plain")
    yield Breach("observations", fractions[thousands], "obs_value", "allowed.whole_units_thousands", with_marks)
    yield Breach("observations", fractions[~thousands], "obs_value", "allowed.whole_units", ("unit",))
    rows["low"], rows["high"] = (
        pd.to_numeric(rows[end]).fillna(sign * np.inf) for end, sign in (("low", -1), ("high", 1))
    )
    fits = pd.to_numeric(rows["obs_value"]).between(rows["low"], rows["high"])
    yield Breach("observations", rows[~fits], "obs_value", "allowed.range", ("indicator", "low", "high"))


def _observation_areas(tables: Tables) -> Iterator[Breach]:
    """The area of a figure exists on its day, and its name and level are those of the register."""
    register = tables["areas"].rename(columns={"code": "ref_area", "name_vi": "name", "level": "its_level"})
    register = register[["vintage", "ref_area", "name", "its_level", "valid_from", "valid_to"]]
    obs = tables["observations"]
    of_its_day = obs.assign(vintage=obs["time_period"].map(vintage_of)).merge(register, how="left")
    unchanged = obs.assign(vintage="2020").merge(register, how="left")  # a province that 1 July 2025 did not change
    rows = of_its_day.where(of_its_day["name"].notna(), unchanged).assign(code=obs["ref_area"].to_numpy())
    is_known = rows["name"].notna()
    unknown = rows[~is_known].assign(hint="", others="")
    yield Breach("observations", unknown, "ref_area", "allowed.area", ("hint", "others"))
    is_merged = (rows["vintage"] == "2025") & (rows["code"] + "-2025").isin(register["ref_area"])
    yield Breach("observations", rows[is_merged], "ref_area", "allowed.merged_area", ("name", "code"))
    rows = rows[is_known & ~is_merged]
    day, first, last = rows["time_period"], rows["valid_from"], rows["valid_to"]
    outside = rows[(day < first) | (last != "") & (day > last)]
    ends = (("first", "valid_from", "allowed.from_start"), ("last", "valid_to", "allowed.until_now"))
    outside = outside.assign(**{end: _or_words(outside[column], key) for end, column, key in ends})
    yield Breach("observations", outside, "time_period", "allowed.area_exists", ("name", "code", "first", "last"))
    other_name, other_level = rows["area_name"] != rows["name"], rows["level"] != rows["its_level"]
    yield Breach("observations", rows[other_name], "area_name", "allowed.area_name", ("name", "code"))
    yield Breach("observations", rows[other_level], "level", "allowed.area_level", ("its_level", "name"))
    is_year_end = day.str.endswith("-12-31") | (day == LAST_DAY_OF_DISTRICTS)
    unclear = (rows["date_precision"] == "year") & ~is_year_end
    yield Breach("observations", rows[unclear], "time_period", "allowed.year_end")


def _or_words(days: pd.Series, key: str) -> pd.Series:
    return pd.Series([day or Words(key) for day in days], days.index, dtype=object)


_ROW_RULES = (_observation_values, _observation_areas)


def _fractions(tables: Tables) -> Iterator[Breach]:
    """A per cent below 1 where the area's other figures are about a hundred times as large is a fraction."""
    rows = comparable(tables["observations"])
    rows = rows[(rows["unit_measure"] == "percent") & (rows["value"] > 0)]
    pairs = rows[rows["value"] < 1].merge(rows, on=["ref_area", "indicator"], suffixes=("", "_other"))
    others = pairs[pairs[LINE] != pairs[f"{LINE}_other"]].groupby(LINE)["value_other"].agg(low="min", high="max")
    rows = rows.assign(meant=100 * rows["value"]).join(others, on=LINE, how="inner")
    is_fraction = (rows["low"] > 20 * rows["value"]) & rows["meant"].between(
        rows["low"] / 4, 4 * rows["high"], "neither"
    )
    yield Breach("observations", rows[is_fraction], "obs_value", "allowed.per_cent", ("low", "high", "meant"))


def _gross_rates(tables: Tables) -> Iterator[Breach]:
    rates = rate_disagreements(comparable(tables["observations"])).drop_duplicates(LINE)
    far = (rates["stated"] - rates["computed"]).abs() > GROSS * rates["computed"].clip(lower=1e-9)
    values = ("indicator", "count", "base", "computed")
    yield Breach("observations", rates[far], "obs_value", "allowed.rate_agrees", values)


def _implied_bases(tables: Tables) -> Iterator[Breach]:
    """A count and its rate imply a number of households; one far from the area's others has a wrong digit in either."""
    rows = comparable(tables["observations"])
    rows = rows[(rows["bound"] == "exact") & (rows["obs_status"] != "U") & (rows["value"] > 0)]
    rates, counts = (rows[rows["indicator"] == name] for name in ("poverty_rate_pct", "poor_households"))
    pairs = rates.merge(
        counts[["ref_area", "time_period", "standard", "value"]],
        on=["ref_area", "time_period", "standard"],
        suffixes=("", "_count"),
    )
    pairs = pairs.rename(columns={"value": "rate", "value_count": "count"})
    pairs["implied"] = 100 * pairs["count"] / pairs["rate"]
    totals = rows[rows["indicator"] == "households_total"].assign(implied=lambda t: t["value"])
    bases = pd.concat([totals, pairs])[["ref_area", "time_period", "implied"]]
    others = pairs.reset_index().merge(bases, on="ref_area", suffixes=("", "_other"))
    others = others[others["time_period"] != others["time_period_other"]]
    pairs["usual"] = others.groupby("index")["implied_other"].median()
    far = (pairs["implied"] / pairs["usual"] - 1).abs() > GROSS
    yield Breach("observations", pairs[far], "obs_value", "allowed.base_fits", ("count", "rate", "implied", "usual"))


def _parts(tables: Tables) -> Iterator[Breach]:
    sums = known_parts(tables)
    wrong = sums[sums["is_complete"] & (sums["parts"] != sums["whole"])]
    yield Breach("observations", wrong, "obs_value", "allowed.sum", ("indicator", "time_period", "parts"))
    small = sums[~sums["is_complete"] & (sums["parts"] > sums["whole"])]
    values = ("indicator", "time_period", "known", "parts")
    yield Breach("observations", small, "obs_value", "allowed.at_least_parts", values)


def _bounds(tables: Tables) -> Iterator[Breach]:
    """A bound that a figure for the same fact contradicts is of low reliability."""
    obs = tables["observations"]
    obs = obs.assign(**facts(obs), number=pd.to_numeric(obs["obs_value"]))
    values = obs[obs["bound"] == "exact"].groupby(FACT)["number"].agg(lowest="min", highest="max").reset_index()
    rows = obs[obs["bound"].isin(["at_least", "at_most"]) & (obs["obs_status"] != "U")].merge(values, on=FACT)
    over = (rows["bound"] == "at_least") & (rows["number"] > rows["highest"])
    under = (rows["bound"] == "at_most") & (rows["number"] < rows["lowest"])
    yield Breach("observations", rows[over | under], "obs_value", "allowed.bound_holds", ("lowest", "highest"))


def _conflicts(tables: Tables) -> Iterator[Breach]:
    decisions = tables["conflicts"]
    sources = decisions["source_ids"].str.split("|")
    uneven = decisions["values"].str.count(r"\|") != decisions["source_ids"].str.count(r"\|")
    yield Breach("conflicts", decisions[uneven], "values", "allowed.as_many")
    strange = [one not in of for one, of in zip(decisions["preferred_source_id"], sources, strict=True)]
    yield Breach(
        "conflicts", decisions.assign(values=sources)[strange], "preferred_source_id", "allowed.one_of", ("values",)
    )
    rows = comparable(tables["observations"])
    rows = rows[~rows["indicator"].isin(NOT_COMPARED)]
    rows = rows.assign(**facts(rows))
    by_fact = rows.groupby(FACT)
    rows = rows[by_fact["value"].transform("nunique") > 1]
    values = by_fact["obs_value"].agg(" | ".join).rename("stated").reset_index()
    rows = rows.merge(values, on=FACT).drop_duplicates(FACT, keep="last")
    disagreeing, entries = (pd.MultiIndex.from_frame(table[FACT]) for table in (rows, decisions))
    yield Breach("observations", rows[~disagreeing.isin(entries)], "obs_value", "allowed.one_value", ("stated",))
    yield Breach("conflicts", decisions[~entries.isin(disagreeing)], "values", "allowed.shown_conflict")


def _registers(tables: Tables) -> Iterator[Breach]:
    areas, cross, grid = tables["areas"], tables["crosswalk_2025"], tables["tile_grid"]
    communes = areas[areas["level"] == "commune"]
    for side, vintage in (("old", "2020"), ("new", "2025")):
        names = communes[communes["vintage"] == vintage].set_index("code")["name_vi"]
        wrong = cross[cross[f"{side}_code"].map(names) != cross[f"{side}_name"]]
        yield Breach("crosswalk_2025", wrong, f"{side}_code", f"allowed.{side}_commune")
    old = communes[communes["vintage"] == "2020"].rename(columns={"code": "old_code"}).assign(**{LINE: None})
    orphans = old[~old["old_code"].isin(cross["old_code"])]
    yield Breach("crosswalk_2025", orphans, "old_code", "allowed.every_commune")
    yield Breach("tile_grid", grid[grid.duplicated(["vintage", "level", "row", "col"])], "row", "allowed.one_tile")


def _targets(tables: Tables) -> Iterator[Breach]:
    targets = tables["targets"]
    is_odd = (targets["comparator"] == "qualitative") != (targets["value_low"] == "")
    yield Breach("targets", targets[is_odd], "value_low", "allowed.target_value")
    low, high = (pd.to_numeric(targets[end]).fillna(-np.inf) for end in ("value_low", "value_high"))
    reversals = targets[(targets["comparator"] == "range") & ~is_odd & ~(low < high)]
    yield Breach("targets", reversals, "value_high", "allowed.above_low", ("value_low",))
