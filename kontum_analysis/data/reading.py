"""Read a CSV file as text, strictly, and say of every fault where it stands."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from ..base.errors import DataError, KontumError, Problem, Words
from ..base.files import PROBLEMS, TABLE_MB, TABLE_ROWS, bytes_within, first_problems

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
LINE = "line"  # line of the row in its file; the header is line 1


def read_text_table(path: str | Path, columns: Sequence[str]) -> pd.DataFrame:
    """The table in a UTF-8 CSV file: all columns as text, plus `line`, the line each row starts on.

    columns: the names the header must hold, in any order.

    Raises DataError listing every problem found: missing or empty file, another encoding, missing or unknown
    columns, rows with too few or too many fields, text that is not NFC, spaces around a field.
    """
    path = Path(path)
    text = _decoded(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines, start = [], [], 1
    problems: list[Problem] = []
    try:
        for fields in reader:
            if fields:  # an empty line holds nothing
                rows.append(fields)
                lines.append(start)
            if len(rows) > TABLE_ROWS + 1:
                raise KontumError("hostile.too_many_rows", file=path.name, limit=TABLE_ROWS)
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            [
                Problem(
                    path.name,
                    start,
                    None,
                    Words("error.broken_quotes"),
                    "allowed.csv_row",
                    {"detail": repr(str(error))},
                )
            ]
        ) from None
    header = rows[0]
    _check_header(path.name, header, columns)
    for line, fields in zip(lines[1:], rows[1:], strict=True):
        if len(problems) > PROBLEMS:
            break
        if len(fields) != len(header):
            problems.append(
                Problem(
                    path.name,
                    line,
                    None,
                    Words("error.fields", count=len(fields)),
                    "allowed.fields",
                    {"count": len(header)},
                )
            )
            continue
        problems += _text_problems(path.name, line, header, fields)
    if problems:
        raise DataError(first_problems(problems, path.name))
    table = pd.DataFrame(rows[1:], columns=header, dtype=str)[list(columns)]
    return table.assign(**{LINE: lines[1:]})


def _decoded(path: Path) -> str:
    if not path.is_file():
        raise DataError([Problem(path.name, None, None, Words("error.no_file"), "allowed.file", {"file": path.name})])
    raw = bytes_within(path, TABLE_MB)
    if not raw.removeprefix(_UTF8_MARK).strip():
        raise DataError([Problem(path.name, None, None, Words("error.empty_file"), "allowed.header")])
    if raw.startswith(_UTF16) or b"\x00" in raw[:200]:
        raise DataError([Problem(path.name, None, None, Words("error.utf16"), "allowed.utf8")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(
            [Problem(path.name, line, None, repr(raw[error.start : error.start + 1]), "allowed.utf8_text")]
        ) from None


def _check_header(name: str, header: list[str], columns: Sequence[str]) -> None:
    if len(header) == 1 and ";" in header[0]:
        raise DataError([Problem(name, 1, None, header[0][:60], "allowed.commas")])
    header = header[: 10 * len(columns)]
    problems = [
        Problem(name, 1, c, Words("error.no_column"), "allowed.columns", {"columns": columns})
        for c in columns
        if c not in header
    ]
    problems += [
        Problem(name, 1, c, Words("error.unknown_column"), "allowed.columns", {"columns": columns})
        for c in dict.fromkeys(header)
        if c not in columns or header.count(c) > 1
    ]
    if problems:
        raise DataError(problems)


def _text_problems(name: str, line: int, header: list[str], fields: list[str]) -> Iterator[Problem]:
    for column, value in zip(header, fields, strict=True):
        if not value.isascii() and not unicodedata.is_normalized("NFC", value):
            composed = unicodedata.normalize("NFC", value)
            yield Problem(name, line, column, value, "allowed.nfc", {"composed": composed})
        if value != value.strip():
            yield Problem(name, line, column, value, "allowed.no_space")
