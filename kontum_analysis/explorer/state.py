"""What the explorer shows at a moment: a scenario, the pace of the communes, and the tables that follow from them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..base.errors import ScenarioError
from ..base.words import text
from ..data.programme import GROUPS
from ..figures.pace import quota_rows
from ..poverty.paces import Inputs, implied_pace
from ..poverty.paths import project_poverty
from ..poverty.scenarios import Scenario, preset
from . import views

SLIDERS = {  # key: smallest, largest, step, decimals of the number beside it
    "province_pace_pp": (0.0, 8.0, 0.1, 1),
    "poor_district_pace_pp": (0.0, 14.0, 0.1, 1),
    "floor": (0.0, 5.0, 0.1, 1),
    "end": (2024, 2030, 1, 0),
    "ntm_pace": (0.0, 4.0, 0.1, 1),
}
PACES = ("province_pace_pp", "poor_district_pace_pp")
OWN = "mine"  # the name of a scenario that is no preset any more


class State:
    """A scenario and what follows from it; `change` moves it on. No widget, no picture: it can be tried in a test.

    A change that cannot be is refused: the scenario stays, and `error` says why.

    >>> from kontum_analysis.data.observations import load_observations
    >>> state = State(load_observations())
    >>> state.change(province_pace_pp=3.0).scenario.province_pace_pp, state.impossible_from
    (3.0, 2026)
    """

    def __init__(self, obs: pd.DataFrame, name: str = "programme-mid") -> None:
        self.known = Inputs(obs)
        self.still = views.backdrop(self.known)
        self.ntm = views.NTMChances(self.known)
        self.ntm_pace = 1.5
        self.error: ScenarioError | None = None
        self.choose(name)

    def choose(self, name: str) -> State:
        """Take a preset."""
        self._take(preset(name))
        return self

    def change(self, **values: object) -> State:
        """Take other values of the scenario; floor is a fraction. Paces of single years give way to the form."""
        form = values.get("form", self.scenario.form)
        if form != "linear":
            for key in PACES:
                if isinstance(getattr(self.scenario, key), dict):
                    values.setdefault(key, self.number(key))
        try:
            self._take(self.scenario.changed(name=OWN, title_vi="", title_en="", note="", **values))
        except ScenarioError as error:
            self.error = error
        return self

    def _take(self, scenario: Scenario) -> None:
        projection = project_poverty(self.known, scenario)
        implied = implied_pace(self.known, scenario)
        self.scenario, self.projection, self.implied, self.error = scenario, projection, implied, None
        self.moving = views.path_table(projection, implied)
        self.quotas = quota_rows(projection, self.known.estimates().panel)

    @property
    def impossible_from(self) -> int | None:
        """The first year in which the paces cannot both hold, or None."""
        broken = views.first_impossible(self.implied)
        return None if broken is None else int(broken["year"])

    def number(self, key: str) -> float:
        """A value of the scenario as its slider shows it: of paces by year or observed ones, that of the first year."""
        if key == "ntm_pace":
            return self.ntm_pace
        value: Any = getattr(self.scenario, key)
        if key == "floor":
            stuck = self.known.without_labour if value == "published" else None
            opening = self.projection.query("level == 'province'")["households"].iloc[0]
            return float(100 * (stuck / opening if stuck is not None else value))
        if key in PACES and not isinstance(value, float | int):
            group = GROUPS[PACES.index(key)]
            own = self.moving[(self.moving["area"] == group) & (self.moving["kind"] == "path")]
            rate = own["rate"].to_numpy()
            return round(100 * float(rate[0] - rate[1]), 2)
        return value if isinstance(value, int) else float(value)

    def table(self, view: str) -> pd.DataFrame:
        """The table behind a view, as its plain function gives it."""
        if view == "quotas":
            return self.quotas
        if view == "chances":
            return views.chances_view(self.known, self.scenario, self.ntm_pace, self.ntm)
        keep = self.moving["area"].isin(GROUPS) == (view == "paths")
        still = self.still["area"].isin(GROUPS) == (view == "paths")
        return pd.concat([self.still[still], self.moving[keep]], ignore_index=True)

    def milestones(self) -> pd.DataFrame:
        """See `views.milestones`."""
        return views.milestones(self.moving, self.quotas)

    def fit(self, lang: str) -> tuple[bool, str]:
        """(whether both paces can hold, the sentence that says so) – in plain words."""
        broken, last = views.first_impossible(self.implied), self.implied.iloc[-1]
        if broken is not None:
            return False, text(
                "explorer.breaks",
                lang,
                year=int(broken["year"]),
                needed=broken["needed_rate"],
                floor=broken["floor_rate"],
                short=broken["shortfall_pp"],
            )
        key = "explorer.fits" if last["needed_pace_pp"] > 0 else "explorer.slack"
        return True, text(key, lang, end=int(last["year"]), pace=last["needed_pace_pp"])
