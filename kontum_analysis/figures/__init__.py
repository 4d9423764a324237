"""Every figure of the project: a table, a drawing of it, and the words that go with it in both languages.

`CATALOGUE` names them. A figure is a function of one tidy table, which is also the CSV written beside it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ..base.errors import KontumError, did_you_mean
from ..base.words import LANGUAGES, labels, text
from ..data.areas import PROVINCE
from ..data.observations import select
from ..poverty.districts import STANDARD
from .catalogue import CATALOGUE, SEED, rows_of
from .facts import offices_behind, source_line

if TYPE_CHECKING:
    from .style import Heading, Page

__all__ = ["CATALOGUE", "Figure", "build"]
PARTS = ("title", "topic", "caption", "alt")  # the words of a figure, each a label in both languages


@dataclass(frozen=True)
class Figure:
    """A figure in one language: the table behind it, its words, and how to draw it.

    offices: whose own figures are behind it; None where all are published.
    """

    name: str
    lang: str
    table: pd.DataFrame
    offices: tuple[str, ...] | None = None

    @cached_property
    def facts(self) -> dict[str, object]:
        """What the words of the figure may show, by the names that its labels use."""
        facts: dict[str, object] = CATALOGUE[self.name].function("{}_facts")(self.table, self.lang)
        return facts

    def _words(self, part: str) -> str:
        return text(f"figure.{self.name}.{part}", self.lang, **self.facts)

    @property
    def title(self) -> str:
        """What the figure says, in one sentence; where that may turn, `case` of its facts chooses the sentence."""
        case = self.facts.get("case")
        return self._words(f"title.{case}" if case else "title")

    @property
    def topic(self) -> str:
        """What the figure shows, as it stands below the title."""
        return self._words("topic")

    @property
    def caption(self) -> str:
        """What is shown, how each number is known, and what is not shown."""
        return " ".join(filter(None, [self._words("caption"), source_line(self.offices, self.lang, "source.caption")]))

    @property
    def alt(self) -> str:
        """The text for readers who cannot see the figure: what is shown and what it says."""
        return self._words("alt")

    @property
    def csv(self) -> bytes:
        """The data behind the figure as CSV bytes, numbers to nine significant digits."""
        return self.table.to_csv(index=False, lineterminator="\n", float_format="%.9g").encode("utf-8")

    def in_language(self, lang: str) -> "Figure":
        """The same figure in another language; its table is not computed again."""
        return replace(self, lang=lang)

    @property
    def source(self) -> str:
        """The source line; it names an office's own figures where there are any."""
        return source_line(self.offices, self.lang) or text("source.line", self.lang)

    @property
    def data_hash(self) -> str:
        """The first 12 digits of the SHA-256 of the data behind the figure."""
        return hashlib.sha256(self.csv).hexdigest()[:12]

    @property
    def properties(self) -> dict[str, str]:
        """What a file says of itself: title, alt, source, lang, scenario, seed, data (hash of the CSV beside it)."""
        entry = CATALOGUE[self.name]
        return dict(
            title=self.title,
            alt=self.alt,
            source=self.source,
            lang=self.lang,
            scenario=", ".join(entry.scenarios) or "–",
            seed=str(SEED) if entry.is_drawn else "–",
            data=f"sha256:{self.data_hash}",
        )

    @property
    def heading(self) -> "Heading":
        """What stands above the drawing: title and topic."""
        from .style import Heading

        return Heading(self.title, self.topic, source_line(self.offices, self.lang))

    def page(self, source: str = "") -> "Page":
        """The drawing, laid out for 16 cm, not yet a file; source: the key of another source line than the usual."""
        heading = self.heading
        if source:
            words = [text(source, self.lang), source_line(self.offices, self.lang, "source.caption")]
            heading = heading._replace(source=" ".join(filter(None, words)))
        page: Page = CATALOGUE[self.name].function("draw_{}")(self.table, self.lang, heading)
        return page

    def image(
        self, kind: str = "png", dpi: int = 200, width_cm: float | None = None, page: "Page | None" = None
    ) -> bytes:
        """The drawing as bytes, the same every time; kind is png, svg or pdf.

        width_cm: printed width; default 16 cm. Another width shows the same page larger or smaller as a whole (see
        `output`). page: one that `page` has drawn already.
        """
        from .output import encode

        return encode(page or self.page(), kind, self.properties, dpi, width_cm)

    def files(
        self,
        kinds: Sequence[str] = ("png", "svg"),
        dpi: int = 200,
        width_cm: float | None = None,
        page: "Page | None" = None,
    ) -> dict[str, bytes]:
        """All files of the figure: a dict from file name to bytes, with the data and a note of its words."""
        alt = f"{text('figure.alt_heading', self.lang)}: {self.alt}"
        note = "\n\n".join([f"# {self.title}", self.topic, self.caption, alt, self.source]) + "\n"
        page = page or (self.page() if kinds else None)
        pictures = {f"{self.name}.{kind}": self.image(kind, dpi, width_cm, page) for kind in kinds}
        return {**pictures, f"{self.name}.csv": self.csv, f"{self.name}.md": note.encode("utf-8")}


def build(name: str, obs: pd.DataFrame, lang: str = "vi", offices: Iterable[str] = ()) -> Figure:
    """The figure of this name from the observations.

    offices: names of those whose own figures are in `obs`, which the figure names in its caption and source line.

    Raises KontumError for an unknown name or language, for labels that are missing, and where a vintage knows too few
    years for the figure.

    >>> import kontum_analysis as kt
    >>> build("poverty_paths", kt.load_observations(), "en").table.columns.tolist()[:3]
    ['area', 'year', 'kind']
    """
    if name not in CATALOGUE:
        hint = did_you_mean(name, CATALOGUE)
        raise KontumError("error.name.figure", name=name, names=list(CATALOGUE), hint=hint)
    if lang not in LANGUAGES:
        raise KontumError("error.figure.language", found=lang, allowed=LANGUAGES)
    parts = {key.split(".")[2] for key in labels() if key.startswith(f"figure.{name}.")}
    if missing := [f"figure.{name}.{part}" for part in PARTS if part not in parts]:
        raise KontumError("error.figure.labels", keys=missing)
    entry = CATALOGUE[name]
    count = select(obs, "poor_households", area=PROVINCE, standard=STANDARD)["time_period"].nunique()
    if count < entry.years:
        raise KontumError("error.figure.years", name=name, needed=entry.years, known=count)
    return Figure(name, lang, entry.function("{}_table")(obs), offices_behind(rows_of(name, obs), offices))
