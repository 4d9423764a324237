"""What a notebook cell calls to speak to its reader: a paragraph, a table, a figure, in both languages."""

import base64
import csv
import hashlib
import html
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from ..base.files import RAW, SCENARIOS
from ..base.words import LANGUAGES, text
from ..data.areas import name_of
from .columns import shown as shown_table

__all__ = [
    "FIGURE_MARK",
    "VERSIONS_OF",
    "Shown",
    "data_hashes",
    "name_of",
    "show_figure",
    "show_table",
    "tell",
    "versions",
]

VERSIONS_OF = ["numpy", "pandas", "scipy", "matplotlib", "statsmodels"]
FIGURE_MARK = "figure "


class Shown:
    """A value with the forms JupyterLab can show; the plain text is what nbval compares."""

    def __init__(self, forms: dict[str, str], metadata: dict[str, dict[str, str]] | None = None) -> None:
        self.forms, self.metadata = forms, metadata or {}

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        return self.forms, self.metadata

    def __repr__(self) -> str:
        return self.forms["text/plain"]


def tell(key: str, **values: object) -> Shown:
    """A paragraph in Vietnamese and then in English, its numbers filled in from variables.

    A value that differs between the languages, such as the name of an area, is given as {"vi": …, "en": …}.

    >>> print(tell("unit.percent_of_households"))
    % số hộ
    <BLANKLINE>
    % of households
    """

    def of(lang: str) -> dict[str, object]:
        return {name: value[lang] if isinstance(value, dict) else value for name, value in values.items()}

    vi, en = (text(key, lang, **of(lang)) for lang in LANGUAGES)
    return Shown({"text/plain": f"{vi}\n\n{en}", "text/markdown": f"{vi}\n\n*{en}*"})


def show_table(frame: pd.DataFrame, rows: int | None = None, of: str = "") -> Shown:
    """A table in Vietnamese, with the English one folded below it; `rows` limits how many are shown.

    of: the column of columns.csv whose values stand under years or scenarios.

    >>> show_table(pd.DataFrame({"area": ["62"], "rate": [0.1532]}))
      Địa bàn Tỷ lệ hộ nghèo (%)
    Toàn tỉnh              15,32
    """
    frame = frame if rows is None else frame.head(rows)
    vi, en = (shown_table(frame, lang, of) for lang in LANGUAGES)
    folded = f"<details><summary>{text('notebook.english', 'en')}</summary>{_html(en)}</details>"
    return Shown({"text/plain": vi.to_string(index=False), "text/html": _html(vi) + folded})


def _html(frame: pd.DataFrame) -> str:
    return frame.to_html(index=False, border=0, justify="left")


def show_figure(name: str, obs: pd.DataFrame) -> Shown:
    """A figure in Vietnamese with its caption, and the English one folded below it (`figures/en/`).

    The plain text carries the hash of the data behind the figure, so that a changed number shows in a check.

    >>> from kontum_analysis.data.observations import load_observations
    >>> show_figure("baseline_2021", load_observations())  # doctest: +ELLIPSIS
    figure baseline_2021, data ...
    """
    from IPython.display import display

    from ..figures import build

    vi = build(name, obs, "vi")
    en = vi.in_language("en")
    image = base64.b64encode(vi.image()).decode("ascii")
    forms = {"text/plain": f"{FIGURE_MARK}{name}, data {vi.data_hash}", "image/png": image}
    display(Shown(forms, {"image/png": {"alt": vi.alt}}))
    english = f'<img src="../figures/en/{name}.png" alt="{html.escape(en.alt)}" style="max-width:100%">'
    folded = f"<details><summary>{text('notebook.english_figure', 'en')}</summary>{english}</details>"
    caption = f"<p>{html.escape(vi.caption)}</p><p><em>{html.escape(en.caption)}</em></p>"
    return Shown({"text/plain": f"{vi.caption}\n{en.caption}", "text/html": caption + folded})


def versions() -> pd.DataFrame:
    """The versions of the packages that the numbers depend on, one row each."""
    return pd.DataFrame({"package": VERSIONS_OF, "version": [version(name) for name in VERSIONS_OF]})


def row_hashes(path: str | Path) -> dict[str, str]:
    """The first 8 digits of the SHA-256 of each row of a CSV file, by what stands in its first column."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {row[0]: hashlib.sha256("\0".join(row).encode("utf-8")).hexdigest()[:8] for row in rows if row}


def data_hashes(folder: str | Path | None = None, scenarios: str | Path | None = None) -> pd.DataFrame:
    """The first 12 digits of the SHA-256 of every raw table and scenario, one row each."""
    files = sorted(Path(folder or RAW).glob("*.csv")) + sorted(Path(scenarios or SCENARIOS).glob("*.yaml"))
    return pd.DataFrame(
        {"file": [f.name for f in files], "sha256": [hashlib.sha256(f.read_bytes()).hexdigest()[:12] for f in files]}
    )
