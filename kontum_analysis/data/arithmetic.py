"""Figures held against each other by arithmetic: rates beside count and base, totals beside the sum of their parts."""

from collections.abc import Mapping

import pandas as pd

from .contract import LINE

Tables = Mapping[str, pd.DataFrame]
FACT = ["ref_area", "indicator", "time_period", "standard"]  # what a figure is about
# rate -> (count, base): rate = 100 * count / base, for one area, date and standard
RATES = {
    "poverty_rate_pct": ("poor_households", "households_total"),
    "near_poor_rate_pct": ("near_poor_households", "households_total"),
    "dtts_poverty_rate_pct": ("dtts_poor_households", "dtts_households"),
    "dtts_near_poor_rate_pct": ("dtts_near_poor_households", "dtts_households"),
    "dtts_share_of_poor_households_pct": ("dtts_poor_households", "poor_households"),
}
NTM_BANDS = {  # the lowest and highest number of criteria that a commune of each band meets
    "ntm_communes": (19, 19),
    "ntm_communes_15_18_criteria": (15, 18),
    "ntm_communes_10_14_criteria": (10, 14),
    "ntm_communes_5_9_criteria": (5, 9),
    "ntm_communes_below_5_criteria": (0, 4),
}
ADDITIVE = [name for name in dict.fromkeys(name for pair in RATES.values() for name in pair)]


def comparable(observations: pd.DataFrame) -> pd.DataFrame:
    """Observations that state a value (no bounds), with `value` as number."""
    rows = observations[observations["bound"].isin(["exact", "approximate"])]
    return rows.assign(value=pd.to_numeric(rows["obs_value"]))


def facts(rows: pd.DataFrame) -> pd.DataFrame:
    """What each row is a figure for, in the columns FACT; a year has no date and no standard of its own."""
    is_year = rows["unit_measure"] == "year"
    dates = {name: rows[name].mask(is_year, "") for name in ("time_period", "standard")}
    return rows[FACT].assign(**dates)


def rate_disagreements(rows: pd.DataFrame) -> pd.DataFrame:
    """Rates beside their own count and base; `within_rounding` tells whether they agree as printed.

    rows: comparable() observations. Returns one row a rate and pair of figures, ordered by line: line, ref_area,
    indicator, time_period, obs_value, stated and computed (per cent), tolerance (points), within_rounding, count, base.
    """
    tables = []
    for rate, names in RATES.items():
        pairs = rows[rows["indicator"] == rate].rename(columns={"value": "stated"})
        for number, name in enumerate(names):
            part = rows[(rows["indicator"] == name) & (rows["value"] > 0)]
            part = part[["ref_area", "time_period", "standard", "value"]].rename(columns={"value": number})
            pairs = pairs.merge(part, on=["ref_area", "time_period"], suffixes=("", "_of_part"))
            pairs = pairs[(pairs["standard_of_part"] == pairs["standard"]) | (pairs["standard_of_part"] == "")]
            pairs = pairs.drop(columns="standard_of_part").drop_duplicates([LINE, *range(number + 1)])
        tables.append(pairs.assign(count=names[0], base=names[1]))
    rates = pd.concat(tables).sort_values(LINE, kind="stable", ignore_index=True)
    rates["computed"] = 100.0 * rates[0] / rates[1]
    decimals = rates["obs_value"].str.extract(r"\.([0-9]+)")[0].str.len().fillna(0)
    rates["tolerance"] = 0.5 * 10.0**-decimals + 50.0 / rates[1]  # printed rounding of the rate, half a household
    rates["within_rounding"] = (rates["stated"] - rates["computed"]).abs() <= rates["tolerance"]
    columns = [LINE, *FACT[:3], "obs_value", "stated", "computed", "tolerance", "within_rounding", "count", "base"]
    return rates[columns]


def part_sums(tables: Tables) -> pd.DataFrame:
    """Totals beside the sum of their parts (districts of a province, communes of a district), where all are stated
    exactly: line, the columns of FACT, obs_value, parts, whole."""
    sums = known_parts(tables)
    return sums[sums["is_complete"]].drop(columns=["known", "is_complete"])


def known_parts(tables: Tables) -> pd.DataFrame:
    """Totals beside the sum of those parts that are stated exactly: line, the columns of FACT, obs_value, parts (their
    sum), whole (the total), known (how many parts), is_complete (whether these are all)."""
    parents = tables["areas"][tables["areas"]["vintage"] == "2020"].set_index("code")["parent_code"]
    rows = comparable(tables["observations"])
    rows = rows[rows["indicator"].isin(ADDITIVE) & (rows["bound"] == "exact")]
    key = ["indicator", "time_period", "standard", "ref_area"]
    parts = rows[rows["level"].isin(["district", "commune"])].drop_duplicates(key)
    by_parent = parts.assign(ref_area=parts["ref_area"].map(parents)).groupby(key)["value"]
    sums = by_parent.agg(parts="sum", known="size").reset_index()
    whole = rows[rows["level"].isin(["province", "district"])].rename(columns={"value": "whole"}).merge(sums, on=key)
    members = tables["areas"]["level"].isin(["district", "commune"]) & (tables["areas"]["vintage"] == "2020")
    whole["is_complete"] = whole["known"] == whole["ref_area"].map(
        tables["areas"]["parent_code"][members].value_counts()
    )
    whole = whole.sort_values(key[:3], kind="stable")
    return whole[[LINE, *FACT, "obs_value", "parts", "whole", "known", "is_complete"]]
