"""Of several figures for one fact, which is used and why: a code for each row, and the sentence that says it."""

from functools import lru_cache

import numpy as np
import pandas as pd

from ..base.words import text
from .arithmetic import FACT, RATES, facts
from .contract import LINE
from .own import PREFIX, is_own
from .rules import NOT_COMPARED

USED = ("only", "own", "listed", "rule")  # preferences of the one figure that is used for its fact
LOST_TO_OWN = ("lost_own", "lost_own_part")
LOST = (*LOST_TO_OWN, "lost_listed", "lost_rule")  # of figures that say otherwise than the one used
_BOUND_RANK = {"exact": 0, "approximate": 1, "at_least": 2, "at_most": 2}
_STATUS_RANK = {"A": 0, "E": 1, "P": 2, "U": 3}
_KIND_RANK = {"law": 0, "decision": 0, "statistics": 1, "dataset": 1, "portal": 2, "news": 3, "mirror": 4}


def with_preference(obs: pd.DataFrame, conflicts: pd.DataFrame, kinds: pd.Series) -> pd.DataFrame:
    """The observations with `preferred` (is this row used), `preference` (why, as a code) and its sentence.

    obs: with obs_value as number, missing for a bound, whose number is bound_value; conflicts: the table of decided
    conflicts; kinds: of each source, by its id. The codes and the rule stand in `load_observations`; the sentence is
    in the columns preference_reason (English) and preference_reason_vi.
    """
    conflicts = conflicts.drop(columns=LINE, errors="ignore")
    entries = facts(obs).merge(conflicts, on=FACT, how="left").fillna("").set_axis(obs.index)
    chosen_source, fact = entries["preferred_source_id"], facts(obs).groupby(FACT, sort=False).ngroup()
    order = _rank(obs, chosen_source, kinds).index
    first = pd.Series(order, order).groupby(fact.loc[order]).transform("first").loc[obs.index]
    best = obs.loc[first, ["obs_value", "source_id"]].set_axis(obs.index)
    room = (obs["bound_value"] - best["obs_value"]) * obs["bound"].map({"at_least": 1, "at_most": -1})
    is_first, is_bound = first == obs.index, obs["obs_value"].isna()
    cases = {  # the first that fits
        "places": obs["indicator"].isin(NOT_COMPARED),
        "bound": is_bound & (is_first | best["obs_value"].isna()),  # two bounds: no value comes from either
        "bound_against": is_bound & (room > 0),
        "bound_beside": is_bound,
        "only": is_first & (fact.groupby(fact).transform("size") == 1),
        "own": is_first & is_own(obs),
        "listed": is_first & (chosen_source == obs["source_id"]),
        "rule": is_first,
        "repeats": obs["obs_value"] == best["obs_value"],
        "lost_own": is_own(best),
        "lost_listed": chosen_source == best["source_id"],
    }
    code = pd.Series(np.select(list(cases.values()), list(cases), "lost_rule"), obs.index, dtype=object)
    code = code.mask(_rates_of_lost_parts(obs, code), "lost_own_part")
    preferred = code.isin(USED) | (code == "places") & ~is_bound
    obs = obs.assign(preferred=preferred, preference=code)
    for lang, end in (("en", ""), ("vi", "_vi")):
        words = zip(code, best["source_id"], entries[f"explanation{end}"], entries[f"reason{end}"], strict=True)
        sentences = [_sentence(lang, *each) for each in words]
        obs[f"preference_reason{end}"] = pd.Series(sentences, obs.index, dtype=object)
    return obs


def _rates_of_lost_parts(obs: pd.DataFrame, code: pd.Series) -> pd.Series:
    """Which rates are used though an office's own figure says otherwise than the count or base they were made of."""
    place = ["ref_area", "time_period"]
    lost_rows, is_of_lost = obs[code == "lost_own"], pd.Series(False, obs.index)
    if lost_rows.empty:
        return is_of_lost
    for rate, parts in RATES.items():
        parts_lost = pd.MultiIndex.from_frame(lost_rows.loc[lost_rows["indicator"].isin(parts), place])
        is_rate = (obs["indicator"] == rate) & ~is_own(obs) & code.isin(USED)
        is_of_lost |= is_rate & pd.MultiIndex.from_frame(obs[place]).isin(parts_lost)
    return is_of_lost


def _rank(obs: pd.DataFrame, chosen_source: pd.Series, kinds: pd.Series) -> pd.DataFrame:
    """What decides between figures, the most important first and of the rows the best first."""
    rank = pd.DataFrame(
        {
            "bound": obs["bound"].map(_BOUND_RANK),
            "published": ~is_own(obs),
            "listed": chosen_source != obs["source_id"],
            "status": obs["obs_status"].map(_STATUS_RANK),
            "kind": obs["source_id"].map(kinds).map(_KIND_RANK),
            "newest": -pd.to_datetime(obs["known_from"]).astype("int64"),
            "line": obs[LINE],
        }
    )
    return rank.sort_values(list(rank.columns))


@lru_cache(maxsize=4096)
def _sentence(lang: str, code: str, source: str, explanation: str, reason: str) -> str:
    return text(f"preference.{code}", lang, source=source, explanation=explanation, reason=reason)


def known_as(status: str, *sources: str) -> str:
    """The status of a figure: office where any of its sources is an office's own, else the one given.

    >>> known_as("published", "vna-1"), known_as("derived", "vna-1", "own-so-1a2b3c4d")
    ('published', 'office')
    """
    return "office" if any(source.startswith(PREFIX) for source in sources) else status


def is_mixed(sources: str) -> bool:
    """Whether some of these sources (ids with bars between) are an office's own and some are published.

    >>> is_mixed("vna-1|own-so-1a2b3c4d"), is_mixed("own-so-1a2b3c4d"), is_mixed("")
    (True, False, False)
    """
    return {source.startswith(PREFIX) for source in sources.split("|") if source} == {True, False}


def row_status(obs_status: str, source_id: str) -> str:
    """What the value of a row of observations is known as: published, derived, unsure (low reliability) or office.

    >>> row_status("A", "vna-1"), row_status("E", "vna-1"), row_status("A", "own-so-1a2b3c4d")
    ('published', 'derived', 'office')
    """
    return known_as({"E": "derived", "U": "unsure"}.get(obs_status, "published"), source_id)
