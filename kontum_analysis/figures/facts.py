"""The values that the words of a figure look up: columns of its table by address, names of areas, the corridor."""

from collections.abc import Iterable, Mapping

import pandas as pd

from ..base.words import Lookup, join_names, text
from ..data.areas import OTHER_DISTRICTS, POOR_DISTRICTS, PROVINCE, area_name, districts
from ..data.own import is_own
from ..data.programme import SCENARIOS, corridors, horizon

NAMES: dict[str, object] = {  # words of an address that mean the same in every label
    "province": PROVINCE,
    "poor": POOR_DISTRICTS,
    "others": OTHER_DISTRICTS,
    **dict(zip(("low", "middle", "high"), SCENARIOS, strict=True)),
}


def label_values(
    table: pd.DataFrame, lang: str, columns: Mapping[str, str] | None = None, **values: object
) -> dict[str, object]:
    """A dict of what the labels of a figure may show.

    columns: column of `table` -> the columns of its address, separated by blanks, so that a label can say
    {rate[province known last]:p2}. values: single values; those that are years, codes or names of kinds also serve as
    words of an address. Always there: `near` (last year of the programme), `pace` (points a year by area and low,
    middle or high), `area` (name by code), `guess` (see `guess_mark`).

    >>> table = pd.DataFrame({"area": ["62"], "year": [2023], "rate": [0.0684]})
    >>> words = label_values(table, "en", {"rate": "area year"}, last=2023)
    >>> words["rate"]["province last"], words["pace"]["poor low"], words["area"]["province"]
    (0.0684, 6.0, 'Province')
    """
    names = {**NAMES, "near": horizon(), **values}
    paces = {
        (area, name): pace
        for area, goal in corridors().items()
        for name, pace in zip(SCENARIOS, (goal.low, goal.middle, goal.high), strict=True)
    }
    codes = [PROVINCE, POOR_DISTRICTS, OTHER_DISTRICTS, *districts()]
    return {
        "near": horizon(),
        "guess": guess_mark(table, lang),
        "pace": Lookup(pd.Series(paces), names),
        "area": Lookup(pd.Series({code: area_name(code, lang) for code in codes}), names),
        **{
            column: Lookup(table.dropna(subset=column).set_index(keys.split())[column], names)
            for column, keys in (columns or {}).items()
        },
        **values,
    }


def interval_words(low: float, high: float, lang: str, kind: str = "rate") -> str:
    """ " (estimated, 80% interval 4.2–5.2%)" for an estimate, "" where it is known and both ends are missing.

    kind: rate (fractions), or count (whole numbers, and without "estimated").

    >>> interval_words(0.0418, 0.0524, "en"), interval_words(float("nan"), float("nan"), "en")
    (' (estimated, 80% interval 4.2–5.2%)', '')
    """
    return "" if pd.isna(low) else f" ({text(f'figure.interval_{kind}', lang, low=low, high=high)})"


def guess_mark(table: pd.DataFrame, lang: str) -> str:
    """ " (estimated)" where the last year of a table that is no projection holds an estimate, else ""."""
    if not {"status", "year"} <= {*table.columns}:
        return ""
    past = table[table["status"].isin(["published", "derived", "office", "estimated"])]
    is_estimated = (past.loc[past["year"] == past["year"].max(), "status"] == "estimated").any()
    return f" ({text('figure.guess', lang)})" if is_estimated else ""


def offices_behind(rows: pd.DataFrame, offices: Iterable[str] = ()) -> tuple[str, ...] | None:
    """The names of the offices whose own figures are among the rows behind a figure; None where no row is an office's.

    >>> offices_behind(pd.DataFrame({"source_id": ["vna-1"]}), ["Labour office"]) is None
    True
    """
    return tuple(offices) if is_own(rows).any() else None


def source_line(offices: Iterable[str] | None, lang: str, key: str = "source.office") -> str:
    """What a source line (or, with the key source.caption, a caption) says of an office's own figures; "" for None.

    >>> source_line(None, "en"), source_line(["Labour office"], "en", "source.caption")
    ('', "An office's own figures, not published, are among those used (Labour office).")
    """
    if offices is None:
        return ""
    names = join_names(offices, lang)
    return text(key, lang, offices=f" ({names})" if names else "")
