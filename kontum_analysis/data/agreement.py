"""Where published figures disagree: conflicts that were decided, and identities that should hold."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from .areas import PROVINCE
from .observations import raw_tables
from .rules import comparable, part_sums, rate_disagreements


def conflicts(obs: pd.DataFrame, data: str | Path | None = None) -> pd.DataFrame:
    """Every figure that lost to another for the same fact: which was used, which was not, and why (in
    both languages).

    >>> from kontum_analysis.data.observations import load_observations
    >>> conflicts(load_observations())[["used", "not_used"]].iloc[0].astype(int).tolist()
    [21392, 21400]
    """
    losers = obs[obs["preference_reason"].str.startswith("conflict")]
    key = ["ref_area", "indicator", "time_period", "standard"]
    winners = obs[obs["preferred"]].set_index(key)
    listed = raw_tables(data)["conflicts"].set_index(key)
    rows = []
    for _, loser in losers.iterrows():
        fact = tuple(loser[key])
        dateless = (*fact[:2], "", "")  # a year has no date of its own
        found = next((f for f in (fact, dateless) if f in listed.index), None)
        own = (
            "conflict, own-" in loser.preference_reason
        )  # an office's own figure won: conflicts.csv says nothing of it
        entry = None if found is None or own else listed.loc[found]
        won = next((winners.loc[[f]].iloc[0] for f in (fact, dateless) if f in winners.index), None)
        rows.append(
            dict(
                area=loser.ref_area,
                indicator=loser.indicator,
                time_period=loser.time_period,
                used=None if won is None else won.obs_value,
                source_used=entry.preferred_source_id if entry is not None else None if won is None else won.source_id,
                not_used=loser.obs_value,
                source_not_used=loser.source_id,
                reason_vi=loser.preference_reason_vi if entry is None else f"{entry.explanation_vi} {entry.reason_vi}",
                reason_en=loser.preference_reason if entry is None else f"{entry.explanation} {entry.reason}",
            )
        )
    return pd.DataFrame(rows)


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
    sums = part_sums(tables).assign(identity="sum", stated=lambda t: t["whole"], computed=lambda t: t["parts"])
    sums["within_rounding"] = sums["stated"] == sums["computed"]
    found = pd.concat([rates[_IDENTITY], sums[_IDENTITY], _stock_and_flow(tables)], ignore_index=True)
    return found.rename(columns={"ref_area": "area"})


_IDENTITY = ["identity", "ref_area", "indicator", "time_period", "stated", "computed", "within_rounding"]


def _stock_and_flow(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Opening stock - exits + new + relapsed against the published closing stock of the province, 2022."""
    obs = tables["observations"]
    rows = obs[(obs["ref_area"] == PROVINCE) & (obs["bound"] == "exact") & (obs["standard"] == "MDP_2022_2025")]
    value = (
        rows.drop_duplicates(["indicator", "time_period"])
        .set_index(["indicator", "time_period"])["obs_value"]
        .astype(float)
    )

    def at(indicator: str, year: int, unknown: float = float("nan")) -> float:
        return float(value.get((indicator, f"{year}-12-31"), unknown))

    found = []
    for year in range(2022, 2030):
        opening, closing, new = (
            at("poor_households", year - 1),
            at("poor_households", year),
            at("new_poor_households", year),
        )
        computed = opening - at("poor_exits", year) + new + at("relapsed_poor_households", year, 0.0)
        if pd.notna(computed) and pd.notna(closing):
            found.append(
                ("stock_and_flow", PROVINCE, "poor_households", f"{year}-12-31", closing, computed, closing == computed)
            )
    return pd.DataFrame(found, columns=_IDENTITY)
