"""What a notebook cell calls to speak to its reader: a paragraph, a table, a figure, in both languages."""

import base64
import hashlib
import html
import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..base.errors import translate
from ..base.files import FIGURES, RAW, SCENARIOS
from ..base.words import LANGUAGES, text
from ..data.areas import Area, area_name
from .columns import columns, text_table
from .text_files import html_table

if TYPE_CHECKING:
    from ..figures import Figure

PACKAGES = ("numpy", "pandas", "scipy", "matplotlib", "statsmodels")
FIGURE_MARK = "figure "
_BOLD = re.compile(r"\*\*(.+?)\*\*")


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


def tell(key: str, **values: Any) -> Shown:
    """A paragraph in Vietnamese and then in English, its numbers filled in from variables.

    key: of a label; **words** between two pairs of stars are set in bold. values: for its placeholders; an area of
    `kt.areas` or `kt.resolve` is named as each language does, and {"vi": …, "en": …} gives the words themselves.

    >>> print(tell("unit.percent_of_households"))
    % số hộ
    <BLANKLINE>
    % of households
    """

    def in_language(lang: str) -> str:
        words = {
            name: area_name(value.code, lang) if isinstance(value, Area) else translate(value, lang)
            for name, value in values.items()
        }
        return text(key, lang, **words)

    vi, en = (in_language(lang) for lang in LANGUAGES)
    rich = [_BOLD.sub(r"<strong>\1</strong>", html.escape(words, quote=False)) for words in (vi, en)]
    page = f'<p lang="vi">{rich[0]}</p>\n<p lang="en"><em>{rich[1]}</em></p>'
    return Shown({"text/plain": _BOLD.sub(r"\1", f"{vi}\n\n{en}"), "text/html": page})


def show_table(frame: pd.DataFrame, rows: int | None = None, of: str = "", lang: str = "vi") -> Shown:
    """A table in one language, with that of the other folded below it.

    rows: how many are shown, default all. of: the column of columns.csv whose values stand under years or scenarios,
    such as "rate". lang: the language that comes first, and alone where only text can be shown.

    >>> show_table(pd.DataFrame({"area": ["62"], "rate": [0.1532]}))
      Địa bàn Tỷ lệ hộ nghèo (%)
    Toàn tỉnh              15,32
    """
    frame = frame if rows is None else frame.head(rows)
    (other,) = set(LANGUAGES) - {lang}
    first, second = (html_table(columns(frame, language, of)) for language in (lang, other))
    folded = f'<details lang="{other}"><summary>{text("notebook.table", other)}</summary>{second}</details>'
    return Shown({"text/plain": text_table(frame, lang, of).to_string(index=False), "text/html": f"{first}\n{folded}"})


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
    image = base64.b64encode(_picture(vi)).decode("ascii")
    forms = {"text/plain": f"{FIGURE_MARK}{name}, data {vi.data_hash}", "image/png": image}
    display(Shown(forms, {"image/png": {"alt": vi.alt}}))
    english = f'<img src="../figures/en/{name}.png" alt="{html.escape(en.alt)}" style="max-width:100%">'
    folded = f"<details><summary>{text('notebook.english_figure', 'en')}</summary>{english}</details>"
    caption = f'<p>{html.escape(vi.caption)}</p><p lang="en"><em>{html.escape(en.caption)}</em></p>'
    return Shown({"text/plain": f"{vi.caption}\n{en.caption}", "text/html": caption + folded})


def _picture(figure: "Figure") -> bytes:
    """The PNG of a figure: the file in `figures/` where it is of this table and these words, else drawn."""
    from PIL import Image

    path = FIGURES / figure.lang / f"{figure.name}.png"
    try:
        with Image.open(path) as image:
            marks = image.text  # type: ignore[attr-defined]  # a PNG file has it
    except (OSError, SyntaxError, ValueError):  # Pillow raises SyntaxError for a broken PNG
        return figure.image()
    facts = figure.properties
    right = {"Title": facts["title"], "Description": facts["alt"], "Source": facts["source"], "Data": facts["data"]}
    is_same = all(marks.get(name) == words for name, words in right.items())
    return path.read_bytes() if is_same else figure.image()


def made_with(folder: str | Path | None = None, scenarios: str | Path | None = None) -> pd.DataFrame:
    """What the numbers depend on, one row each: packages with their version, then files with their hash.

    Columns: made_with, version (of a file the first 12 digits of its SHA-256). folder, scenarios: of the raw tables and
    scenarios, default those of the project.

    >>> made_with().set_index("made_with").version["observations.csv"]  # doctest: +ELLIPSIS
    '...'
    """
    files = sorted(Path(folder or RAW).glob("*.csv")) + sorted(Path(scenarios or SCENARIOS).glob("*.yaml"))
    rows = [(name, version(name)) for name in PACKAGES]
    rows += [(file.name, hashlib.sha256(file.read_bytes()).hexdigest()[:12]) for file in files]
    return pd.DataFrame(rows, columns=["made_with", "version"])
