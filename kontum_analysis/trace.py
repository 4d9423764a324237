"""Where a number comes from: the chain from source rows through conflicts and steps to a figure, a target or a cell."""

from dataclasses import dataclass

import pandas as pd

from .areas import PROVINCE, resolve
from .errors import KontumError
from .labels import text
from .observations import load_observations, raw_tables
from .targets import load_targets, scoreboard

# figure -> (indicators it rests on, level of the areas, steps, scenarios); steps are keys of labels "trace.step.*"
_POVERTY = ("poor_households", "poverty_rate_pct", "households_total")
_NTM = ("ntm_communes", "ntm_communes_15_18_criteria", "ntm_communes_10_14_criteria", "ntm_criteria_mean")
_PROGRAMME = ("programme-low", "programme-mid", "programme-high")
FIGURES = {
    "coverage": (_POVERTY, ("province", "district"), (), ()),
    "standard_break": (("poverty_rate_pct",), ("province",), (), ()),
    "old_standard": (("poverty_rate_pct",), ("province", "district"), (), ()),
    "baseline_2021": (_POVERTY + ("dtts_poverty_rate_pct",), ("province", "district"), ("derive",), ()),
    "points_or_percent": (("poverty_rate_pct", "poverty_rate_reduction_pp"), ("province",), (), ()),
    "reconciled_districts": (_POVERTY, ("province", "district"), ("derive", "estimate"), ()),
    "leave_one_out": (_POVERTY, ("province", "district"), ("derive", "estimate", "hide"), ()),
    "district_map": (_POVERTY, ("province", "district"), ("derive", "estimate"), ()),
    "poverty_paths": (
        _POVERTY,
        ("province", "district"),
        ("derive", "estimate", "project"),
        (*_PROGRAMME, "observed-pace"),
    ),
    "forms_compared": (_POVERTY, ("province", "district"), ("derive", "estimate", "project"), ("programme-mid",)),
    "implied_pace": (_POVERTY, ("province", "district"), ("derive", "estimate", "project"), _PROGRAMME),
    "exit_quotas": (_POVERTY, ("province", "district"), ("derive", "estimate", "project"), ("programme-mid",)),
    "district_paths": (_POVERTY, ("province", "district"), ("derive", "estimate", "project"), _PROGRAMME),
    "poverty_outlook": (_POVERTY, ("province", "district"), ("derive", "estimate", "outlook"), ()),
    "pace_history": (("poverty_rate_pct",), ("province",), ("speed",), _PROGRAMME),
    "hindcast_scores": (("poverty_rate_pct", "ntm_communes"), ("province", "district"), ("hindcast",), ()),
    "calibration": (("poverty_rate_pct", "ntm_communes"), ("province", "district"), ("hindcast",), ()),
    "ntm_attainment": (_NTM, ("province",), ("ntm",), ()),
    "ntm_bands": (_NTM, ("province",), (), ()),
    "commune_map": (_NTM, ("province", "commune"), ("ntm",), ()),
    "scoreboard": (_POVERTY + _NTM, ("province",), ("derive", "outlook", "ntm", "judge"), ()),
}


@dataclass(frozen=True)
class Chain:
    """What stands behind a number: rows of observations.csv with their sources, steps in words, scenarios and seed.

    sources: one row an observation: line, area, indicator, time_period, value, bound, used, reason, publisher, document_no, url.
    steps: keys of labels with their values, in order. scenarios: name -> values. seed: of the draws, None where nothing is drawn.
    """

    subject: str
    sources: pd.DataFrame
    steps: tuple
    scenarios: dict
    seed: int | None

    def explain(self, lang):
        """The steps as sentences in "vi" or "en"."""
        words = (
            {k: text(v, lang) if k in ("status", "reason") else v for k, v in values.items()}
            for _, values in self.steps
        )
        return [text(key, lang, **values) for (key, _), values in zip(self.steps, words, strict=True)]


def trace(*words, data=None, seed=3299):
    """The chain behind a figure (its name), a target (its id), or a published cell (area, indicator, date).

    The date is a year or a day. Raises KontumError naming what there is when a word is unknown.

    >>> chain = trace("Kon Tum", "poverty_rate_pct", "2022")
    >>> chain.sources[["value", "used"]].values.tolist()
    [[10.86, True], [11.0, False]]
    """
    obs = load_observations(data=data)
    if len(words) == 1 and words[0] in FIGURES:
        return _figure(words[0], obs, data, seed)
    if len(words) == 1 and words[0] in set(load_targets(data)["target_id"]):
        return _target(words[0], obs, data, seed)
    if len(words) == 3:
        return _cell(*words, obs, data)
    raise KontumError(f"trace: found {' '.join(words)!r}; a figure ({', '.join(sorted(FIGURES))}), a target such as S-GN-01, "
                      "or an area, an indicator and a date such as 'Kon Plông' poverty_rate_pct 2021")  # fmt: skip


def _with_sources(rows, data):
    sources = raw_tables(data)["sources"].set_index("source_id")[["publisher", "document_no", "url"]]
    found = rows.join(sources, on="source_id")
    value = found["obs_value"].fillna(found["bound_value"])
    return found.assign(
        value=value, used=found["preferred"], reason=found["preference_reason"], area=found["ref_area"]
    )[
        [
            "line",
            "area",
            "indicator",
            "time_period",
            "value",
            "bound",
            "used",
            "reason",
            "source_id",
            "publisher",
            "document_no",
            "url",
        ]
    ].reset_index(drop=True)


def _cell(name, indicator, date, obs, data):
    area = resolve(name)
    if indicator not in set(raw_tables(data)["indicators"]["indicator"]):
        from rapidfuzz import process

        near = [name for name, _, _ in process.extract(indicator, sorted(set(obs["indicator"])), limit=4)]
        raise KontumError(
            f"trace: no indicator is called {indicator!r}; near it: {', '.join(near) or 'see data/raw/indicators.csv'}"
        )
    rows = obs[(obs["ref_area"] == area.code) & (obs["indicator"] == indicator)]
    dates = sorted(set(rows["time_period"]))
    rows = rows[rows["time_period"].str.startswith(str(date))]
    if rows.empty:
        raise KontumError(
            f"trace: nothing is published for {area}, {indicator}, {date}; dates: {', '.join(dates) or 'none'}"
        )
    steps = [("trace.step.rule", {})]
    if (rows["obs_status"] == "E").any():
        steps.append(("trace.step.derive", {}))
    rows = rows.sort_values(["preferred", "line"], ascending=[False, True])
    return Chain(f"{area.name} {indicator} {date}", _with_sources(rows, data), tuple(steps), {}, None)


def _figure(name, obs, data, seed):
    from .figures import CATALOGUE, build
    from .scenarios import preset

    indicators, levels, keys, scenarios = FIGURES[name]
    rows = obs[obs["indicator"].isin(indicators) & obs["level"].isin(levels) & obs["preferred"]]
    rows = rows[(rows["ref_area"] == PROVINCE) | ~rows["level"].isin(["province"])]
    steps = [("trace.step.rule", {}), *((f"trace.step.{key}", {"seed": seed}) for key in keys)]
    if name in CATALOGUE:
        steps.append(
            ("trace.step.figure", {"file": f"figures/vi/{name}.csv", "hash": build(name, obs, "vi").data_hash})
        )
    drawn = bool({"estimate", "outlook", "ntm"} & set(keys))
    return Chain(
        name,
        _with_sources(rows, data),
        tuple(steps),
        {s: preset(s).model_dump() for s in scenarios},
        seed if drawn else None,
    )


def _target(target_id, obs, data, seed):
    target = load_targets(data).set_index("target_id").loc[target_id]
    board = scoreboard(obs, data=data, draws=500, seed=seed).set_index("target_id")
    steps = [("trace.step.target", {"document": target.document})]
    used = set()
    if target_id in board.index:
        row = board.loc[target_id]
        used = set(row.source_ids.split("|"))
        steps.append((f"trace.kind.{row.kind}", {}))
        steps.append(("trace.step.status", {"status": f"target_status.{row.status}", "reason": f"reason.{row.reason}"}))  # fmt: skip
    related = {target.indicator} | ({"poverty_rate_pct"} if target_id.startswith("S-GN") else set())
    areas = {target.scope_area, PROVINCE}
    rows = obs[
        obs["ref_area"].isin(areas)
        & (obs["indicator"].isin(related) | (obs["source_id"].isin(used) & obs["indicator"].isin(_NTM)))
    ]
    own = raw_tables(data)["sources"].set_index("source_id").loc[[target.source_id]].reset_index()
    head = own.assign(line=0, area=target.scope_area, indicator=target.indicator, time_period="", value=target.value_low, bound="",
                      used=True, reason=target_id)  # fmt: skip
    found = _with_sources(rows.sort_values("time_period"), data)
    return Chain(target_id, pd.concat([head[found.columns], found], ignore_index=True), tuple(steps), {}, seed)
