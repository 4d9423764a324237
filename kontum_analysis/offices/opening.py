"""Open a table that an office sends: a workbook (.xlsx, .xls, .xlsb, .ods), or a text as Vietnamese Excel saves one.

Text is UTF-8, UTF-16 or Windows-1258 (which writes accents decomposed: they are composed again), fields are parted by
tabs, semicolons or commas. Nothing is interpreted here; a cell stays what it was, with the marks that matter.
"""

import csv
import io
import re
import unicodedata
import zipfile
from pathlib import Path

from ..base.errors import KontumError
from ..base.files import MEGABYTE, bytes_within
from .foreign import foreign_sheets
from .letters import OLD_LETTERS
from .sheets import MOST_COLUMNS, MOST_ROWS, Cell, Sheet, check_extent, composed
from .workbook import workbook_sheets

FILE_MB, CONTENT_MB = 20, 60
SEPARATORS = ("\t", ";", ",")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_OLE = b"\xd0\xcf\x11\xe0"  # an .xls, or an encrypted workbook of any kind
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PARTS = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}
_QUOTED = re.compile(r'="([^"]*)"')  # how Excel keeps a text of digits in a .csv
_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


def open_sheets(path: str | Path) -> list[Sheet]:
    """All readings of a file: of a workbook its sheets, of a text one Sheet for each separator; text is NFC.

    Raises KontumError for a file that is missing, empty, too large, under a password, with macros, damaged, a web page
    with the name of a workbook, or text in an unknown encoding.
    """
    path = Path(path)
    if path.is_dir() or not path.exists():
        raise KontumError("own.error.no_file", file=path.name)
    content = bytes_within(path, FILE_MB)
    if not content.strip():
        raise KontumError("own.error.empty", file=path.name)
    if content.startswith((b"PK", _OLE)):
        return _workbook(path.name, content)
    if path.suffix.lower() in _SUFFIXES:
        is_page = any(mark in content[:2000].lower() for mark in (b"<html", b"<table", b"<?xml"))
        raise KontumError("own.error.web_page" if is_page else "own.error.no_workbook", file=path.name)
    return _text(path.name, content)


def _workbook(name: str, content: bytes) -> list[Sheet]:
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise KontumError("own.error.password", file=name)
        return _foreign(name, content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
            if any(part.endswith("vbaProject.bin") for part in sizes) or name.lower().endswith(".xlsm"):
                raise KontumError("own.error.macros", file=name)
            if sum(size for part, size in sizes.items() if "/media/" not in part) > CONTENT_MB * MEGABYTE:
                raise KontumError("own.error.too_large", file=name, megabytes=CONTENT_MB)
            kind = next((kind for part, kind in _PARTS.items() if part in sizes), None)
            if kind is None or archive.testzip() is not None:
                raise KontumError("own.error.no_workbook", file=name)
            if kind == "xlsx":
                return workbook_sheets(name, archive)
    except KontumError:
        raise
    except Exception:  # a damaged workbook fails in as many ways as there are parts in it
        raise KontumError("own.error.no_workbook", file=name) from None
    return _foreign(name, content)


def _foreign(name: str, content: bytes) -> list[Sheet]:
    """The sheets of a workbook that is no .xlsx, with values alone."""
    sheets = []
    for title, values, merged, is_hidden in foreign_sheets(name, content, MOST_ROWS, MOST_COLUMNS):
        cells = [[Cell(composed(v) or None if isinstance(v, str) else v) for v in row] for row in values]
        sheets.append(Sheet(composed(title), cells, merged, is_hidden))
    return sheets


def _text(name: str, content: bytes) -> list[Sheet]:
    texts = {"": decoded(name, content)}
    if not _is_unicode(content):  # the bytes of an old font are also a text of Windows-1258, though no sensible one
        latin = content.decode("latin-1")
        texts |= {letters: composed(read(latin)) for letters, read in OLD_LETTERS.items()}
    sheets = []
    for letters, text in texts.items():
        for separator in SEPARATORS:
            try:
                lines = io.StringIO(re.sub(r"\Asep=.\r?\n", "", text), newline="")
                rows = list(csv.reader(lines, delimiter=separator))
            except csv.Error:
                continue
            check_extent(name, len(rows), 0)
            sheets.append(Sheet("", [[_field(field) for field in row] for row in rows], letters=letters))
    if not sheets:
        raise KontumError("own.error.no_text", file=name)
    return sheets


def _field(text: str) -> Cell:
    quoted = _QUOTED.fullmatch(text.strip())
    return Cell(composed(quoted[1] if quoted else text) or None)


def _is_unicode(content: bytes) -> bool:
    """Whether a text is UTF-16, or UTF-8 that loses nothing where faults are passed over."""
    is_marked = content.startswith(tuple(mark for mark, _ in _MARKS)) or b"\x00" in content[:200]
    return is_marked or content.decode("utf-8", "ignore").encode() == content


def decoded(name: str, content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or Windows-1258. Raises KontumError where it is in none of them.

    >>> decoded("a.csv", "Đắk Tô".encode("utf-16")), decoded("a.csv", b"H\\xf4\\xf2")  # o circumflex
    ('Đắk Tô', 'Hộ')
    """
    encoding = next((mark_encoding for mark, mark_encoding in _MARKS if content.startswith(mark)), None)
    if encoding is None and b"\x00" in content[:200]:
        encoding = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
    for candidate in [encoding] if encoding else ["utf-8", "cp1258", "latin-1"]:
        try:
            text = unicodedata.normalize("NFC", content.decode(candidate))
        except UnicodeDecodeError:
            continue
        if not any(ord(c) < 32 and c not in "\t\r\n" for c in text):
            return text
    raise KontumError("own.error.no_text", file=name)
