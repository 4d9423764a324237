"""Open a table that somebody sends: an Excel workbook or a text file in any of the ways Vietnamese Excel saves one.

Text is UTF-8, UTF-16 or Windows-1258 (which writes accents decomposed: they are composed again), fields are parted by
tabs, semicolons or commas. Nothing is interpreted here; a cell stays what it was, with the marks that matter.
"""

import csv
import io
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..base.errors import KontumError

LARGEST_FILE, LARGEST_CONTENT, MOST_ROWS = 20_000_000, 100_000_000, 20_000
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # also what an encrypted workbook starts with
SEPARATORS = ("\t", ";", ",")


@dataclass(frozen=True)
class Cell:
    """One cell: a text, number or date (None if empty); formula: one whose result was never saved;
    percent: shown as %.
    """

    value: Any = None
    formula: bool = False
    percent: bool = False


@dataclass(frozen=True)
class Sheet:
    """A grid of cells; name is "" for a text file. Row and column 0 are row 1 and column A."""

    name: str
    rows: list[list[Cell]]


def open_sheets(path: str | Path) -> tuple[list[Sheet], bool]:
    """All readings of a file: for a workbook its sheets, for a text one Sheet for each separator; text is NFC.

    Returns (sheets, is_workbook). Raises KontumError for a file that is missing, empty, too large, protected by a
    password,
    of the old .xls kind, with macros, no workbook at all, or text in an unknown encoding.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        content = path.read_bytes() if path.is_file() and size <= LARGEST_FILE else b""
    except OSError:
        raise KontumError("own.error.no_file", file=path.name) from None
    if not path.is_file():
        raise KontumError("own.error.no_file", file=path.name)
    if size > LARGEST_FILE:
        raise KontumError("own.error.too_large", file=path.name, megabytes=LARGEST_FILE // 1_000_000)
    if not content.strip():
        raise KontumError("own.error.empty", file=path.name)
    if content.startswith(_OLD_EXCEL):
        raise KontumError("own.error.old_excel", file=path.name)
    if content.startswith(b"PK"):
        return _workbook(path.name, content), True
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        raise KontumError("own.error.no_workbook", file=path.name)
    return _text(path.name, content), False


def _workbook(name: str, content: bytes) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise KontumError("own.error.no_workbook", file=name) from None
    names = {entry.filename for entry in entries}
    if any(n.endswith("vbaProject.bin") for n in names) or name.lower().endswith(".xlsm"):
        raise KontumError("own.error.macros", file=name)
    if "xl/workbook.xml" not in names:
        raise KontumError("own.error.no_workbook", file=name)
    if sum(entry.file_size for entry in entries) > LARGEST_CONTENT:
        raise KontumError("own.error.too_large", file=name, megabytes=LARGEST_CONTENT // 1_000_000)
    return [_sheet(*pair) for pair in _loaded(name, content)]


def _loaded(name: str, content: bytes) -> list[tuple[Any, Any]]:
    """Pairs of one sheet read twice: with the results of formulas, and with the formulas themselves."""
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl does not carry over does not matter to reading
            values, formulas = (openpyxl.load_workbook(io.BytesIO(content), data_only=only) for only in (True, False))
    except Exception:  # a damaged workbook fails in as many ways as there are parts in it
        raise KontumError("own.error.no_workbook", file=name) from None
    for sheet in values.worksheets:
        if sheet.max_row > MOST_ROWS or sheet.max_column > 500:
            raise KontumError("own.error.too_large", file=name, megabytes=LARGEST_CONTENT // 1_000_000)
    return list(zip(values.worksheets, formulas.worksheets, strict=True))


def _sheet(values: Any, formulas: Any) -> Sheet:
    pairs = zip(values.iter_rows(), formulas.iter_rows(), strict=True)
    rows = [[_cell(a, b) for a, b in zip(shown, written, strict=True)] for shown, written in pairs]
    return Sheet(unicodedata.normalize("NFC", values.title), rows)


def _cell(shown: Any, written: Any) -> Cell:
    value = _composed(shown.value) or None if isinstance(shown.value, str) else shown.value
    return Cell(value, written.data_type == "f" and shown.value is None, "%" in (shown.number_format or ""))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _text(name: str, content: bytes) -> list[Sheet]:
    text = decoded(name, content)
    sheets = []
    for separator in SEPARATORS:
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        except csv.Error:
            continue
        if len(rows) > MOST_ROWS:
            raise KontumError("own.error.too_large", file=name, megabytes=LARGEST_FILE // 1_000_000)
        sheets.append(Sheet("", [[Cell(_composed(field) or None) for field in row] for row in rows]))
    if not sheets:
        raise KontumError("own.error.no_text", file=name)
    return sheets


def decoded(name: str, content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or Windows-1258. Raises KontumError where it is in none of them.

    >>> decoded("a.csv", "Đắk Tô".encode("utf-16")), decoded("a.csv", b"H\\xf4\\xf2")  # o circumflex
    ('Đắk Tô', 'Hộ')
    """
    encoding = next((known for mark, known in _MARKS if content.startswith(mark)), None)
    if encoding is None and b"\x00" in content[:200]:
        encoding = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
    for candidate in [encoding] if encoding else ["utf-8", "cp1258"]:
        try:
            text = unicodedata.normalize("NFC", content.decode(candidate))
        except UnicodeDecodeError:
            continue
        if not any(ord(c) < 32 and c not in "\t\r\n" for c in text):
            return text
    raise KontumError("own.error.no_text", file=name)
