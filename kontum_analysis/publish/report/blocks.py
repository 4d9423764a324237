"""The pieces a report is put together from, whatever it is written as, and its numbered sources."""

from collections.abc import Iterable
from dataclasses import dataclass, field

Lines = tuple[tuple[str, str], ...]  # (text, style)


@dataclass(frozen=True)
class Opening:
    """The head of an administrative document: two columns of lines, then title, subject and addressee.

    left, right: with the style superior, agency, number, country, motto or place. A rule is drawn below the agency,
    the motto and the subject.
    """

    left: Lines
    right: Lines
    title: str
    subject: str
    addressee: str


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 carries a Roman numeral, level 2 an Arabic one."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; kind is body, item (of a list) or note (small, below a table or a figure, or a remark)."""

    text: str
    kind: str = "body"


@dataclass(frozen=True)
class Table:
    """A numbered table of strings.

    columns: headings; rows: tuples of strings, one a column; a row of one string is a heading within the table.
    widths: of the columns in centimetres; right: numbers of the columns that hold figures, set to the right.
    total: numbers of the rows set in bold. note: what its marks mean.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    right: tuple[int, ...] = ()
    total: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A numbered figure as PNG bytes, with what it shows for those who cannot see it."""

    caption: str
    note: str
    alt: str
    png: bytes = field(repr=False)
    width_cm: float = 16.0


@dataclass(frozen=True)
class Source:
    """One entry of the numbered list of sources; url may be empty."""

    number: int
    text: str
    url: str


@dataclass(frozen=True)
class Signature:
    """Where copies go, on the left, and who signs, on the right; with the style heading, item or signer."""

    left: Lines
    right: Lines


Block = Opening | Heading | Paragraph | Table | Picture | Source | Signature


@dataclass(frozen=True)
class Report:
    """A whole report: its language, its title for the properties of the file, and its blocks in reading order."""

    lang: str
    title: str
    subject: str
    blocks: tuple[Block, ...]


class References:
    """Numbers sources in the order in which they are first referred to.

    >>> refs = References()
    >>> refs.mark(["b", "a"]), refs.mark("a|c|"), refs.ids
    ('[1, 2]', '[2, 3]', ['b', 'a', 'c'])
    """

    def __init__(self) -> None:
        self.ids: list[str] = []

    def mark(self, ids: str | Iterable[str]) -> str:
        """The mark of some sources, such as "[1, 3]"; ids is a list, or text with a bar between; "" for none."""
        ids = ids.split("|") if isinstance(ids, str) else ids
        found = []
        for source in filter(None, ids):
            if source not in self.ids:
                self.ids.append(source)
            found.append(self.ids.index(source) + 1)
        return f"[{', '.join(map(str, sorted(set(found))))}]" if found else ""
