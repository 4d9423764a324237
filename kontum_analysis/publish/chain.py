"""What stands behind a number, and how it is printed: value, source rows, steps, scenarios, seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..base.errors import Words
from ..base.words import heading, text
from ..data.areas import area, area_name, crosswalk, vintage_of
from ..offices.scenarios import describe
from ..poverty.scenarios import Scenario
from .columns import NOTHING, columns

VALUE_STEPS = ("trace.step.cell", "trace.step.cell_range")
MOST = 20  # source rows that are shown unless all are asked for
COLUMNS = [
    *("line", "area", "indicator", "time_period", "value", "bound", "status", "used", "reason_vi", "reason_en"),
    *("source_id", "publisher", "document_no", "url"),
]


@dataclass(frozen=True)
class Chain:
    """What stands behind a number: rows of observations.csv with their sources, steps, scenarios and seed.

    sources: one row an observation, the latest first: line, area, indicator, time_period, value, bound, status, used,
    reason_vi, reason_en, source_id, publisher, document_no, url; the document of a target has the line 0.
    steps: in order. scenarios: name -> values. seed: of the draws, None where nothing is drawn.
    """

    subject: str
    sources: pd.DataFrame
    steps: tuple[Words, ...]
    scenarios: dict[str, dict[str, Any]]
    seed: int | None

    def explain(self, lang: str) -> list[str]:
        """The steps as sentences in "vi" or "en"."""
        return [step.in_language(lang) for step in self.steps]

    def lines(self, lang: str, most: int | None = MOST) -> list[str]:
        """The chain as lines to print: value, source rows, steps, scenarios, seed; most: of the rows, None for all.

        >>> from kontum_analysis.publish.trace import trace
        >>> trace("Kon Tum", "poverty_rate_pct", "2022").lines("en", most=1)[2].strip()
        '… 1 more source rows; add --all to see them.'
        """
        lines = [step.in_language(lang) for step in self.steps if step.key in VALUE_STEPS]
        lines += [line for row in self._rows(lang, most) for line in row]
        if most is not None and len(self.sources) > most:
            lines.append(" " * 7 + text("trace.more", lang, count=len(self.sources) - most))
        lines += [f"{number}. {step}" for number, step in enumerate(self.explain(lang), 1)]
        for name, values in self.scenarios.items():
            lines.append(f"{heading('scenario', lang)} {name}: {describe(Scenario.model_validate(values), lang)}")
        return lines if self.seed is None else [*lines, text("trace.seed", lang, seed=self.seed)]

    def _rows(self, lang: str, most: int | None) -> Iterator[tuple[str, str]]:
        """(what a source row says, where it was published) for each row that is shown."""
        table = columns(self.sources[:most], lang)
        publishers = self.sources.set_index("source_id")["publisher"].to_dict()
        names = (_name(code, day, lang) for code, day in self.sources[["area", "time_period"]].itertuples(index=False))
        for cells in zip(*(column.cells for column in table), strict=True):
            row = {c.name.removesuffix(f"_{lang}"): cell for c, cell in zip(table, cells, strict=True)}
            reason = row["reason"]
            for source_id, publisher in publishers.items():
                reason = reason.replace(source_id, publisher)
            row |= {"area": next(names), "reason": reason}
            origin = " – ".join(row[name] for name in ("publisher", "document_no", "url") if row[name] != NOTHING)
            key = "trace.target" if row["line"] == "0" else "trace.row"
            yield f"{row['line'].strip('0') and row['line']:>5}  {text(key, lang, **row)}", f"       {origin}"


def _name(code: str, day: str, lang: str) -> str:
    """The name of an area on a day: a unit of July 2025 may carry the code of an old commune."""
    is_unit = vintage_of(day) == "2025" and code in set(crosswalk()["new_code"])
    return area(code, "2025").name if is_unit else area_name(code, lang)
