"""Where published figures disagree: conflicts that were decided, and identities that should hold."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from .areas import PROVINCE
from .arithmetic import FACT, comparable, facts, part_sums, rate_disagreements
from .contract import LINE
from .observations import raw_tables
from .preference import LOST


def conflicts(obs: pd.DataFrame, data: str | Path | None = None) -> pd.DataFrame:
    """Every figure that lost to another for the same fact: which was used, which was not, and why (in both languages).

    >>> from kontum_analysis.data.observations import load_observations
    >>> table = conflicts(load_observations()).query("area == '62' and indicator == 'dtts_poor_households'")
    >>> table[["time_period", "used", "not_used"]].values.tolist()[0]
    ['2018-12-31', 21392.0, 21400.0]
    """
    losers = obs[obs["preference"].isin(LOST)]
    values = obs[obs["preferred"]]
    values = values.assign(**facts(values)).drop_duplicates(FACT)[[*FACT, "obs_value", "source_id"]]
    entries = raw_tables(data)["conflicts"].drop(columns=LINE)
    rows = losers.assign(day=losers["time_period"], **facts(losers))
    rows = rows.merge(values, on=FACT, how="left", suffixes=("", "_used")).merge(entries, on=FACT, how="left")
    is_listed = rows["preference"] == "lost_listed"
    for lang, end in (("vi", "_vi"), ("en", "")):
        words = rows[f"explanation{end}"] + " " + rows[f"reason{end}"]
        rows[f"reason_{lang}"] = words.where(is_listed, rows[f"preference_reason{end}"])
    names = {"ref_area": "area", "indicator": "indicator", "day": "time_period"}
    names |= {"obs_value_used": "used", "source_id_used": "source_used"}
    names |= {
        "obs_value": "not_used",
        "source_id": "source_not_used",
        "reason_vi": "reason_vi",
        "reason_en": "reason_en",
    }
    return rows[list(names)].set_axis([*names.values()], axis="columns")


def identities(data: str | Path | None = None) -> pd.DataFrame:
    """Identities that published figures should satisfy, with those that do not: nothing is smoothed over.

    Columns: identity, area, indicator, time_period, stated, computed, within_rounding. Sums of districts must hold (a
    broken one is an error when loading); rates and the province's stock and flow are reported.

    >>> checks = identities()
    >>> checks.query("identity == 'stock_and_flow'")[["stated", "computed"]].values.tolist()
    [[15943.0, 15814.0]]
    """
    tables = raw_tables(data)
    rates = rate_disagreements(comparable(tables["observations"])).assign(identity="rate")
    sums = part_sums(tables).rename(columns={"whole": "stated", "parts": "computed"}).assign(identity="sum")
    rows = pd.concat([rates, sums, _stock_and_flow(tables)], ignore_index=True)
    rows["within_rounding"] = rows["within_rounding"].fillna(rows["stated"] == rows["computed"]).astype(bool)
    columns = ["identity", "ref_area", "indicator", "time_period", "stated", "computed", "within_rounding"]
    return rows[columns].rename(columns={"ref_area": "area"})


def _stock_and_flow(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Opening stock - exits + new + relapsed beside the published closing stock of the province, year by year."""
    obs = tables["observations"]
    rows = obs[(obs["ref_area"] == PROVINCE) & (obs["bound"] == "exact") & (obs["standard"] == "MDP_2022_2025")]
    rows = rows[rows["time_period"].str.endswith("-12-31")].drop_duplicates(["indicator", "time_period"])
    years = rows.assign(value=rows["obs_value"].astype(float), year=rows["time_period"].str[:4].astype(int))
    wide = years.pivot(index="year", columns="indicator", values="value")
    stock = wide["poor_households"]
    opening = stock.set_axis(stock.index + 1).reindex(stock.index)
    flows = -wide["poor_exits"] + wide["new_poor_households"] + wide["relapsed_poor_households"].fillna(0.0)
    table = pd.DataFrame({"stated": stock, "computed": opening + flows}).dropna().reset_index()
    day = table["year"].astype(str) + "-12-31"
    return table.assign(identity="stock_and_flow", ref_area=PROVINCE, indicator="poor_households", time_period=day)
