"""The explorer: move the paces and see where they lead, in JupyterLab or as a page of its own.

`show` opens it; `State` is the same without a panel. Each view stands on a plain function of the published figures and
a scenario, which a notebook may
call without it: `paths_view`, `districts_view`, `quotas_view`, `chances_view`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..base.errors import KontumError
from ..base.words import LANGUAGES, text
from .state import State
from .views import chances_view, districts_view, paths_view, quotas_view

if TYPE_CHECKING:
    from .panel import Panel

__all__ = ["Explorer", "State", "chances_view", "districts_view", "paths_view", "quotas_view", "show"]


class Explorer:
    """What `show` gives: in a running notebook the panel, in a saved one a sentence that says how to open it."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        forms = dict(self.panel.box._repr_mimebundle_())
        return {**forms, "text/plain": repr(self), "text/html": f"<p>{'<br>'.join(repr(self).splitlines())}</p>"}

    def __repr__(self) -> str:
        return "\n".join(text("explorer.closed", lang) for lang in LANGUAGES)


def show(
    lang: str = "vi", scenario: str = "programme-mid", as_of: str | None = None, folder: str | Path | None = None
) -> Explorer:
    """The explorer.

    lang: "vi" or "en", to begin with. scenario: the preset it opens on. as_of: use only what was known on that day.
    folder: where scenarios are saved, default that of own scenarios (`KONTUM_DATA`).

    Raises KontumError for an unknown language or scenario, or a day on which too little was known.

    >>> repr(show("en")).splitlines()[1][:33]
    'Run this cell to open the explore'
    """
    from ..data.observations import load_observations
    from .panel import Panel

    if lang not in LANGUAGES:
        raise KontumError("error.language", value=repr(lang), allowed=", ".join(LANGUAGES))
    state = State(load_observations(as_of=as_of), scenario)
    return Explorer(Panel(state, lang, str(folder or ""), as_of))
