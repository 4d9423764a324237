"""Every figure of the project: a table, a drawing of it, and the words that go with it in both languages.

`CATALOGUE` names them. A figure is a function of one tidy table, which is also the CSV written beside it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ..base.errors import KontumError, did_you_mean
from ..base.words import LANGUAGES, text
from ..data.areas import PROVINCE
from ..data.observations import select
from ..poverty.districts import STANDARD
from .catalogue import CATALOGUE
from .ntm import SEED
from .output import encoded

__all__ = ["CATALOGUE", "Figure", "build"]


@dataclass(frozen=True)
class Figure:
    """A figure in one language: the table behind it, its words, and how to draw it."""

    name: str
    lang: str
    table: pd.DataFrame

    @property
    def _facts(self) -> dict[str, object]:
        return CATALOGUE[self.name].facts(self.table, self.lang)

    @property
    def title(self) -> str:
        """The title in the language of the figure."""
        return text(f"figure.{self.name}.title", self.lang, **self._facts)

    @property
    def caption(self) -> str:
        """What is shown, how each number is known, and what is not shown."""
        return text(f"figure.{self.name}.caption", self.lang, **self._facts)

    @property
    def alt(self) -> str:
        """The text for readers who cannot see the figure: what is shown and what it says."""
        return text(f"figure.{self.name}.alt", self.lang, **self._facts)

    @property
    def csv(self) -> bytes:
        """The data behind the figure as CSV bytes, numbers to nine significant digits."""
        return self.table.to_csv(index=False, lineterminator="\n", float_format="%.9g").encode("utf-8")

    def in_language(self, lang: str) -> "Figure":
        """The same figure in another language; its table is not computed again."""
        return Figure(self.name, lang, self.table)

    @property
    def data_hash(self) -> str:
        """The first 12 digits of the SHA-256 of the data behind the figure."""
        return hashlib.sha256(self.csv).hexdigest()[:12]

    @property
    def made_from(self) -> dict[str, str]:
        """What the file says of itself: title, alt, source, scenario, seed, data (the hash of the CSV
        beside it), lang.
        """
        from .evidence import FIGURES

        _, _, steps, scenarios = FIGURES.get(self.name, ((), (), (), ()))
        drawn = bool({"estimate", "outlook", "ntm"} & set(steps))
        return dict(
            title=self.title,
            alt=self.alt,
            source=text("source.line", self.lang),
            lang=self.lang,
            scenario=", ".join(scenarios) or "–",
            seed=str(SEED) if drawn else "–",
            data=f"sha256:{self.data_hash}",
        )

    def image(self, kind: str = "png", dpi: int = 200, width_cm: float | None = None) -> bytes:
        """The drawing as bytes, the same every time; kind is png, svg or pdf.

        width_cm: printed width; default 16 cm. Another width shows the same page larger or smaller as a whole (see
        `output`).
        """
        page = CATALOGUE[self.name].draw(self.table, self.lang, self.title)
        return encoded(page, kind, self.made_from, dpi, width_cm)

    def files(
        self, kinds: Sequence[str] = ("png", "svg"), dpi: int = 200, width_cm: float | None = None
    ) -> dict[str, bytes]:
        """All files of the figure: a dict from file name to bytes, with the data and a note of its words."""
        note = f"# {self.title}\n\n{self.caption}\n\n{text('figure.alt_heading', self.lang)}: {self.alt}\n\n"
        note += f"{text('source.line', self.lang)}\n"
        made = {f"{self.name}.{kind}": self.image(kind, dpi, width_cm) for kind in kinds}
        return {**made, f"{self.name}.csv": self.csv, f"{self.name}.md": note.encode("utf-8")}


def build(name: str, obs: pd.DataFrame, lang: str = "vi") -> Figure:
    """The figure of this name from the observations.

    Raises KontumError for an unknown name or language, and where a vintage knows too few years for the figure.

    >>> import kontum_analysis as kt
    >>> build("poverty_paths", kt.load_observations(), "en").table.columns.tolist()[:3]
    ['area', 'year', 'kind']
    """
    if name not in CATALOGUE:
        hint = did_you_mean(name, CATALOGUE)
        raise KontumError("error.name.figure", name=name, names=list(CATALOGUE), hint=hint)
    if lang not in LANGUAGES:
        raise KontumError("error.figure.language", found=lang, allowed=LANGUAGES)
    known = select(obs, "poor_households", area=PROVINCE, standard=STANDARD)["time_period"].nunique()
    if known < CATALOGUE[name].years:
        raise KontumError("error.figure.years", name=name, needed=CATALOGUE[name].years, known=known)
    return Figure(name, lang, CATALOGUE[name].table(obs))
