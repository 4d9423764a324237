"""Sums of rows: whether a row adds up others, which totals of a table do not agree with its rows, and whether a row is
as large as a district: the last evidence where a district and a commune bear the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..data.observations import raw_tables
from ..data.own import COUNTS
from .columns import BY_NAME
from .filled import Disagreement, Entry

DISTRICT_SHARE = 0.5  # of the households of its district, more than any one commune has


def adds_up(values: Mapping[str, Any], entries: Sequence[Entry], within: float = 0.0) -> bool:
    """Whether a count of a row is the sum of the same count of these rows, to a share of it."""
    for name in COUNTS:
        parts = [entry.values[name] for entry in entries if name in entry.values]
        if name in values and parts and abs(sum(parts) - values[name]) <= within * values[name]:
            return True
    return False


def disagreements(entries: Sequence[Entry], members: Mapping[str, set[str]]) -> Iterator[Disagreement]:
    """Every count of a total or subtotal that is no sum of the table's rows: of all, of its district's, or of those
    between it and another total or subtotal, above or below.

    entries: settled rows in their order; members: codes of the communes of each district on that day.
    """
    rows = [entry for entry in entries if entry.kind in ("area", "other")]
    small = [entry for entry in rows if entry.level != "district"] or rows
    for place, entry in enumerate(entries):
        if entry.kind not in ("total", "group"):
            continue
        counts = [name for name in entry.values if BY_NAME[name].kind in ("count", "communes")]
        parts = small
        if entry.kind == "group":
            codes = members.get(entry.code, set())
            blocks = _blocks(entries, place)
            parts = (
                [row for row in small if row.candidates and row.candidates[0].code in codes]
                if entry.code
                else blocks[0]
            )
        for name in counts:
            choices = [parts, *_blocks(entries, place)]
            sums = [sum(row.values[name] for row in block if name in row.values) for block in choices]
            count = sum(name in row.values for row in parts)
            if count and entry.values[name] not in sums:
                yield Disagreement(entry, name, entry.values[name], sums[0], count)


def _blocks(entries: Sequence[Entry], place: int) -> list[list[Entry]]:
    """The rows of areas from a row to each following total or subtotal and to the end; the same upwards."""
    blocks = []
    for side in (entries[place + 1 :], entries[:place][::-1]):
        block: list[Entry] = []
        for entry in side:
            if entry.kind in ("total", "group"):
                blocks.append(list(block))
            elif entry.kind in ("area", "other"):
                block.append(entry)
        blocks.append(block)
    return blocks


@lru_cache(maxsize=1)
def _households() -> dict[str, float]:
    """The households of each district as last published."""
    rows = raw_tables()["observations"]
    rows = rows[(rows["level"] == "district") & (rows["indicator"] == "households_total")]
    rows = rows.sort_values("time_period").drop_duplicates("ref_area", keep="last")
    return dict(zip(rows["ref_area"], rows["obs_value"].astype(float), strict=True))


def is_of_district_size(entry: Entry) -> bool | None:
    """Whether a row that may be a district has at least half of its households; None where it says no households.

    >>> from kontum_analysis.offices.places import Place
    >>> row = Entry("a", 2, {}, candidates=[Place("615", "Đăk Hà", "huyện", "district", "")])
    >>> row.values["households_total"] = 19500
    >>> is_of_district_size(row)
    True
    """
    households = entry.values.get("households_total")
    districts = entry.of_level("district")
    if households is None or not districts:
        return None
    return bool(households >= DISTRICT_SHARE * _households()[districts[0].code])
