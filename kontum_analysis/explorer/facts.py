"""What no setting of the page moves, ready to be shown: known points with their sources, targets, chances, communes."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ..base.words import day_words, labels, percent, plain, printed_day, text
from ..data.areas import PROVINCE, area_name
from ..data.memo import remember
from ..data.observations import all_tables
from ..data.own import is_own
from ..data.programme import AREAS, corridors, goals, horizon
from ..data.spelling import fold
from ..ntm.attainment import project_ntm
from ..ntm.projection import LEVELS
from ..poverty.districts import FIRST_YEAR
from ..poverty.known import known_groups, opening_rates
from ..poverty.paces import Inputs
from ..targets.board import scoreboard, status_key
from ..targets.chances import COMMUNES, POVERTY, fall_chances, target_chances

BOUNDS = ("bound", "pace_bound")  # reasons of a status that a bound decides, not a value
NTM_STEPS = np.arange(5, 26) / 10  # criteria a commune and year


def _rows(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table as objects with its columns, of any type."""
    return table.itertuples()


def known_points(inputs: Inputs) -> dict[str, list[dict[str, Any]]]:
    """What is known of each area and group, by code: year, rate, q10, q90 (fractions; missing where known), status,
    sources (ids; of a group those of its districts, which the page need not repeat).
    """
    panel = inputs.estimates().panel
    districts = panel[panel["area"] != PROVINCE].rename(
        columns={"rate_q10": "q10", "rate_q90": "q90", "status_rate": "status"}
    )
    sources = panel.set_index(["area", "year"])["source_id"]
    points: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(pd.concat([known_groups(inputs.obs), districts], ignore_index=True)):
        ids = str(sources.get((row.area, row.year), "")).split("|")
        points.setdefault(str(row.area), []).append(
            {
                "year": int(row.year),
                "rate": float(row.rate),
                "q10": float(row.q10) if pd.notna(row.q10) else None,
                "q90": float(row.q90) if pd.notna(row.q90) else None,
                "status": str(row.status),
                "sources": [name for name in ids if name],
            }
        )
    return points


def source_list(ids: set[str], data: Any, user: Any, lang: str) -> dict[str, dict[str, str]]:
    """The sources of these ids: title, publisher, day (in words), url (only an address of the web, else "")."""
    table = all_tables(data, user)["sources"]
    rows = table[table["source_id"].isin(ids)]
    return {
        row.source_id: {
            "title": str(row.title),
            "publisher": str(row.publisher),
            "day": printed_day(str(row.published), lang),
            "url": str(row.url) if str(row.url).startswith(("https://", "http://")) else "",
        }
        for row in _rows(rows)
    }


def asked_levels(inputs: Inputs) -> dict[str, float]:
    """The rates (fractions) of the province and its poor districts at which the average fall asked for is reached."""
    opening, years = opening_rates(inputs.obs), horizon() - FIRST_YEAR
    return {area: opening[area] - corridors()[area].low / 100 * years for area in AREAS}


def chances_of_falls(obs: pd.DataFrame, lang: str) -> dict[str, dict[str, Any]]:
    """By target: its area, and in words the chance of every average fall of 0, 0.01 … points a year, with its range."""
    opening, words = opening_rates(obs), {}
    for target_id, area in zip(POVERTY, AREAS, strict=True):
        falls = np.arange(10_000 * opening[area] / (horizon() - FIRST_YEAR)) / 100
        words[target_id] = {
            "area": area,
            "words": [_with_range(row, lang) for row in _rows(fall_chances(obs, area, falls))],
        }
    return words


def communes_at_paces(obs: pd.DataFrame, lang: str) -> dict[str, Any]:
    """Communes that attain the standard at the programme's end for every pace of the grid: what the page looks up.

    goal: communes asked for; first: the least pace; paces: rows median, low, high (80 % interval), words (the chances
    of the targets with a model, by target id).
    """
    rows = [
        {name: None if pd.isna(row[name]) else int(row[name]) for name in ("median", "q10", "q90")}
        | {"words": {target: percent(row[event], lang) for event, target in COMMUNES.items()}}
        for row in _at_paces(obs).to_dict("records")
    ]
    day = day_words(project_ntm(obs).state_day, lang)
    return {"goal": goals()[LEVELS[0], PROVINCE].low, "first": NTM_STEPS[0], "state_day": day, "paces": rows}


@remember(2)
def _at_paces(obs: pd.DataFrame) -> pd.DataFrame:
    """One row a pace: median, q10, q90 of the communes that attain, and the probability of each event."""
    rows = []
    for pace in NTM_STEPS:
        result = project_ntm(obs, float(pace))
        at_end = result.years[result.years["year"] == horizon()].set_index("indicator").loc[LEVELS[0]]
        chances = result.probabilities.set_index("event")["probability"]
        rows.append({**at_end[["median", "q10", "q90"]], **chances})
    return pd.DataFrame(rows)


def board_rows(obs: pd.DataFrame, lang: str) -> list[dict[str, Any]]:
    """The targets of the programme in words: id, statement, latest, day, kind, asked, gap, chance, range, status."""
    chances = target_chances(obs).set_index("target_id")
    rows = []
    for row in _rows(scoreboard(obs)):
        chance = chances.loc[row.target_id] if row.target_id in chances.index else None
        has_value = row.latest_value == row.latest_value
        rows.append(
            {
                "id": row.target_id,
                "statement": text(f"target.{row.target_id}", lang),
                "asked": _asked(row, lang),
                "latest": plain(row.latest_value, lang) + _unit(row) if has_value else "–",
                "later": _later(row, lang),
                "day": day_words(row.latest_day, lang) if has_value else "",
                "kind": text(f"kind.{row.kind}", lang),
                "gap": _gap(row, lang),
                "chance": "–" if chance is None else percent(chance.chance, lang),
                "range": "–" if chance is None else _range(chance, lang),
                "status": text(status_key(row.status, row.period_over), lang),
                "sources": [name for name in str(row.source_ids or "").split("|") if name],
            }
        )
    return rows


def _asked(row: Any, lang: str) -> str:
    """The level asked for, in words."""
    if row.value_low != row.value_low:
        return text("reason.qualitative", lang)
    if row.value_high == row.value_high:
        return f"{plain(row.value_low, lang)}–{plain(row.value_high, lang)}"
    sign = {">": "> ", ">=": "≥ "}.get(row.comparator, "")
    return f"{sign}{plain(row.value_low, lang)}{_unit(row)}"


def _later(row: Any, lang: str) -> str:
    """The lower bound that was published after the latest value, in words, where one decides the status."""
    return text("scoreboard.bound", lang, bound=row.bound_low) + _unit(row) if row.reason in BOUNDS else ""


def _gap(row: Any, lang: str) -> str:
    """What is missing to a target, of a rate in percentage points; a dash where nothing is known or missing."""
    if row.gap != row.gap or row.status == "met":
        return "–"
    words = plain(row.gap, lang)
    return text("explorer.page.points", lang, value=words) if row.unit_measure == "percent" else words


def _unit(row: Any) -> str:
    """The unit as far as the statement of a target leaves it open: per cent."""
    return "%" if row.unit_measure == "percent" else ""


def _with_range(chance: Any, lang: str) -> str:
    point, ends = percent(chance.chance, lang), _range(chance, lang)
    return point if point == ends else f"{point} ({ends})"


def _range(chance: Any, lang: str) -> str:
    """The range of a chance in words; the chance itself where every choice says the same."""
    ends = (chance.chance_low, chance.chance_high) if chance.chance_low == chance.chance_low else [chance.chance] * 2
    low, high = (percent(end, lang) for end in ends)
    return low if low == high else text("explorer.range", lang, low=low, high=high)


def commune_rows(obs: pd.DataFrame, lang: str) -> list[dict[str, Any]]:
    """The communes: code, name, folded (for a search without diacritics), district, standing, criteria, chance."""
    rows = []
    for row in _rows(project_ntm(obs).communes.sort_values(["district", "name"])):
        has_attained = bool(row.attained_by)
        count = row.count_published if pd.notna(row.count_published) else 19 if row.p_19 == 1 else None
        criteria = f"{row.count_low}–{row.count_high}" if count is None else str(count)
        rows.append(
            {
                "code": row.code,
                "name": row.name,
                "folded": fold(f"{row.name} {area_name(row.district, lang)}"),
                "district": area_name(row.district, lang),
                "standing": text("explorer.commune.attained", lang, day=day_words(row.attained_by, lang))
                if has_attained
                else text("explorer.commune.open", lang),
                "criteria": criteria,
                "kind": text(f"status.{row.status}", lang),
                "chance": text("explorer.commune.reached", lang) if has_attained else _band(row.p_attained_end),
            }
        )
    return rows


def _band(chance: float) -> str:
    """A chance as a fifth of the way from never to surely: the model of a single commune knows no better.

    >>> _band(0.05), _band(0.55), _band(0.8), _band(0.99)
    ('< 20%', '40–60%', '≥ 80%', '≥ 80%')
    """
    fifth = min(int(5 * chance), 4)
    return {0: "< 20%", 4: "≥ 80%"}.get(fifth, f"{20 * fifth}–{20 * fifth + 20}%")


def own_offices(obs: pd.DataFrame, data: Any, user: Any) -> list[str]:
    """Whose own figures are in `obs`, so that the page says so; names as the offices gave them."""
    ids = sorted(set(obs.loc[is_own(obs), "source_id"]))
    table = all_tables(data, user)["sources"].set_index("source_id")["publisher"]
    return sorted({str(table.get(name, name)) for name in ids})


def words(lang: str, families: tuple[str, ...] = ("",)) -> dict[str, str]:
    """The texts of the page, by key without `explorer.page`, and of the codes it shows; of some families alone."""
    prefixes = ("explorer.page.", "status.", "form.")
    texts = {key.removeprefix("explorer.page."): row[lang] for key, row in labels().items() if key.startswith(prefixes)}
    return {key: words for key, words in texts.items() if key.startswith(families)}
