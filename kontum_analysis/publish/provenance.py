"""What a document says of where it comes from: vintage of the data, scenarios, seed, hash of the raw tables."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ..base.files import RAW
from ..base.words import text
from ..data.contract import COLUMNS
from ..poverty.scenarios import Scenario, title

SEED = 3299


@dataclass(frozen=True)
class Provenance:
    """day: the vintage asked for, or the latest printed publication date of the data; data_hash: first 12 digits of the
    SHA-256 over the raw tables; scenarios: those shown; seed: of all draws."""

    day: date
    data_hash: str
    scenarios: tuple[Scenario, ...]
    seed: int = SEED

    def facts(self, lang: str) -> list[tuple[str, str]]:
        """Pairs of (what, value) in one language, for a cover or the head of a document."""
        day = text("exports.day", lang, day=f"{self.day:%d}", month=f"{self.day:%m}", year=self.day.year)
        facts = [
            ("day", day),
            *(("scenario", self.scenario_line(scenario, lang)) for scenario in self.scenarios),
            ("seed", str(self.seed)),
            ("hash", f"SHA-256 {self.data_hash}…"),
        ]
        return [(text(f"exports.fact.{what}", lang), value) for what, value in facts]

    def scenario_line(self, scenario: Scenario, lang: str) -> str:
        """Title, name, form and years of a scenario."""
        return text(
            "exports.scenario",
            lang,
            title=title(scenario, lang),
            name=scenario.name,
            form=text(f"form.{scenario.form}", lang),
            start=scenario.start,
            end=scenario.end,
        )


def provenance(
    obs: pd.DataFrame, scenarios: Iterable[Scenario], data: str | Path | None = None, as_of: str | date | None = None
) -> Provenance:
    """The Provenance of what is made from these observations. Reads no clock.

    >>> from kontum_analysis.data.observations import load_observations
    >>> provenance(load_observations(as_of="2022-10-04"), [], as_of="2022-10-04").day
    datetime.date(2022, 10, 4)
    """
    printed = obs.loc[~obs["known_from_assumed"], "known_from"]
    day = as_of if as_of is not None else printed.max() if len(printed) else obs["known_from"].max()
    digest = hashlib.sha256()
    for name in sorted(COLUMNS):
        digest.update(name.encode() + (Path(data or RAW) / f"{name}.csv").read_bytes())
    return Provenance(date.fromisoformat(str(day)[:10]), digest.hexdigest()[:12], tuple(scenarios))
