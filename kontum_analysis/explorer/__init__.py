"""The explorer: one page on which anyone moves the paces and sees where they lead, without Python and without network.

`show` gives it to a notebook, `kontum explorer` writes it into a file.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..base.errors import KontumError
from ..base.words import LANGUAGES, text

if TYPE_CHECKING:
    import pandas as pd

    from ..poverty.scenarios import Scenario

__all__ = ["Explorer", "show"]


class Explorer:
    """The page as what a notebook shows: inside the output, so that it lives on when no kernel runs.

    html: the whole page; lang: its language; height: of its frame, in pixels.
    """

    def __init__(self, html: str, lang: str, height: int = 1100) -> None:
        self.html, self.lang, self.height = html, lang, height

    def save(self, path: str | Path) -> Path:
        """Write the page into a file and return its path. Raises KontumError where it cannot be written."""
        from ..base.files import write_whole

        write_whole(path, self.html)
        return Path(path)

    def _repr_html_(self) -> str:
        name = escape(text("explorer.frame", self.lang), quote=True)
        hidden = escape(" ".join(text("explorer.hidden", lang) for lang in LANGUAGES))  # what is left of it untrusted
        return (
            f'<iframe title="{name}" width="100%" height="{self.height}" style="border:0" '
            f'srcdoc="{escape(self.html, quote=True)}">{hidden}</iframe>'
        )

    def __repr__(self) -> str:
        return "\n".join(text("explorer.said", lang) for lang in LANGUAGES)


def show(
    obs: pd.DataFrame | None = None,
    lang: str = "vi",
    scenario: str | Scenario = "programme-mid",
    as_of: str | None = None,
    user: bool | str | Path | None = None,
) -> Explorer:
    """The explorer as a page, in "vi" or "en".

    obs: of `load_observations`, with an office's own figures where it holds them (the page then says so); None: loaded
    here. scenario: on which it opens, a preset by its name or any other. as_of, user: as `load_observations` was
    called.

    Raises KontumError for an unknown language or scenario, for a table of something else, or a day on which too little
    was known.

    >>> show(lang="fr")
    Traceback (most recent call last):
    kontum_analysis.base.errors.KontumError: ...
    """
    import pandas as pd

    from ..data.observations import load_observations
    from .page import build_page

    if obs is not None and (not isinstance(obs, pd.DataFrame) or "obs_value" not in obs):
        raise KontumError("explorer.error.obs", value=type(obs).__name__)
    rows: Any = load_observations(as_of=as_of, user=user) if obs is None else obs
    return Explorer(build_page(rows, lang, scenario, as_of, user=str(user) if isinstance(user, Path) else user), lang)
