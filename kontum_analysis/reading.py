"""Read a CSV file as text, strictly, and say of every fault where it stands."""

import csv
import io
import unicodedata
from pathlib import Path

import pandas as pd

from .errors import DataError, Problem

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
LINE = "line"  # line of the row in its file; the header is line 1


def read_text_table(path, columns):
    """The table in a UTF-8 CSV file: all columns as text, plus `line`, the line each row starts on.

    columns: the names the header must hold, in any order.

    Raises DataError listing every problem found: missing or empty file, another encoding, missing or unknown
    columns, rows with too few or too many fields, text that is not NFC, spaces around a field.
    """
    path = Path(path)
    text = _decoded(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines, problems = [], [], []
    start = 1
    try:
        for fields in reader:
            if fields:  # an empty line holds nothing
                rows.append(fields)
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError([Problem(path.name, start, None, "broken quotes", f"a CSV row ({error})")]) from None
    header = rows[0]
    _check_header(path.name, header, columns)
    for line, fields in zip(lines[1:], rows[1:], strict=True):
        if len(fields) != len(header):
            problems.append(
                Problem(path.name, line, None, f"{len(fields)} fields",
                        f"a row has {len(header)} fields; a decimal comma or a text with a comma needs a point or quotes")
            )  # fmt: skip
            continue
        problems += _text_problems(path.name, line, header, fields)
    if problems:
        raise DataError(problems)
    table = pd.DataFrame(rows[1:], columns=header, dtype=str)[list(columns)]
    return table.assign(**{LINE: lines[1:]})


def _decoded(path):
    if not path.exists():
        raise DataError([Problem(path.name, None, None, "no file", f"the folder must hold {path.name}")])
    raw = path.read_bytes()
    if not raw.strip():
        raise DataError(
            [Problem(path.name, None, None, "an empty file", "a header row and at least the columns it names")]
        )
    if raw.startswith(_UTF16) or b"\x00" in raw[:200]:
        raise DataError([Problem(path.name, None, None, "UTF-16 text",
                                 "UTF-8; in Excel choose 'CSV UTF-8 (Comma delimited)' when saving")])  # fmt: skip
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError([Problem(path.name, line, None, repr(raw[error.start : error.start + 1]),
                                 "UTF-8 text; in Excel choose 'CSV UTF-8 (Comma delimited)' when saving")]) from None  # fmt: skip


def _check_header(name, header, columns):
    if len(header) == 1 and ";" in header[0]:
        raise DataError([Problem(name, 1, None, header[0][:60], "fields are separated by commas, not semicolons")])
    problems = [
        Problem(name, 1, c, "no such column", f"the columns are {', '.join(columns)}")
        for c in columns
        if c not in header
    ]
    problems += [
        Problem(name, 1, c, "an unknown or repeated column", f"the columns are {', '.join(columns)}")
        for c in dict.fromkeys(header)
        if c not in columns or header.count(c) > 1
    ]
    if problems:
        raise DataError(problems)


def _text_problems(name, line, header, fields):
    for column, value in zip(header, fields, strict=True):
        if not value.isascii() and not unicodedata.is_normalized("NFC", value):
            composed = unicodedata.normalize("NFC", value)
            yield Problem(name, line, column, value, f"composed accents (Unicode NFC); write {composed!r} anew")
        if value != value.strip():
            yield Problem(name, line, column, value, "no space before or after a value")
