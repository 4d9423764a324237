"""What each table may hold, from contract.json: a CSV file read strictly against it, and its description for others.

Each column of a table names a rule: a type with a pattern or with the values it takes, written as Table Schema has
them. The same file describes the tables as a Frictionless Data Package (https://specs.frictionlessdata.io).
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ..base.errors import DataError, KontumError, Problem, Words
from ..base.files import PROBLEMS, PROCESSED, TABLE_MB, TABLE_ROWS, bytes_within, first_problems
from ..base.words import LANGUAGES, column_facts, heading, labels, text

Json = dict[str, Any]
SOURCE = Path(__file__).with_name("contract.json")
CONTRACT: Json = json.loads(SOURCE.read_text(encoding="utf-8"))
RULES: dict[str, Json] = CONTRACT["rules"]
COLUMNS: dict[str, dict[str, str]] = {name: table["fields"] for name, table in CONTRACT["tables"].items()}
KEYS: dict[str, list[str]] = {name: table["primaryKey"] for name, table in CONTRACT["tables"].items()}
LINKS: dict[str, dict[str, str]] = {name: table.get("foreignKeys", {}) for name, table in CONTRACT["tables"].items()}
LINE = "line"  # line of the row in its file; the header is line 1
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_table(path: str | Path, columns: Sequence[str]) -> pd.DataFrame:
    """The table in a UTF-8 CSV file: all columns as text, plus `line`, the line each row starts on.

    columns: the names the header must hold, in any order.

    Raises DataError listing every problem found: missing or empty file, another encoding, missing or unknown
    columns, rows with too few or too many fields, text that is not NFC, spaces around a field.
    """
    path = Path(path)
    return parse_table(path.name, content_of(path), columns)


def content_of(path: Path) -> bytes:
    """The bytes of a table's file. Raises DataError where there is none, KontumError where it cannot be read."""
    if not path.is_file():
        raise _refusal(path.name, None, Words("error.no_file"), "allowed.file", file=path.name)
    return bytes_within(path, TABLE_MB)


def parse_table(file: str, content: bytes, columns: Sequence[str]) -> pd.DataFrame:
    """The table in the bytes of a CSV file, as `read_table` gives it; file: its name, for the problems."""
    rows, lines = _rows(file, _decode(file, content))
    header = rows[0]
    _check_header(file, header, columns)
    problems = first_problems(_row_problems(file, header, lines[1:], rows[1:]), file)
    if problems:
        raise DataError(problems)
    return pd.DataFrame(rows[1:], columns=header, dtype=str)[list(columns)].assign(**{LINE: lines[1:]})


def _refusal(file: str, line: int | None, value: str | Words, allowed: str, /, **values: Any) -> DataError:
    return DataError([Problem(file, line, None, value, allowed, values)])


def _decode(file: str, content: bytes) -> str:
    if not content.removeprefix(_UTF8_MARK).strip():
        raise _refusal(file, None, Words("error.empty_file"), "allowed.header")
    if content.startswith(_UTF16) or b"\x00" in content[:200]:
        raise _refusal(file, None, Words("error.utf16"), "allowed.utf8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refusal(file, line, repr(content[error.start : error.start + 1]), "allowed.utf8_text") from None


def _rows(file: str, content: str) -> tuple[list[list[str]], list[int]]:
    """The rows of a file that hold something, and the line each starts on."""
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    rows, lines, start = [], [], 1
    try:
        for fields in reader:
            if fields:
                rows.append(fields)
                lines.append(start)
            if len(rows) > TABLE_ROWS + 1:
                raise KontumError("hostile.too_many_rows", file=file, limit=TABLE_ROWS)
            start = reader.line_num + 1
    except csv.Error as error:
        detail = repr(str(error))
        raise _refusal(file, start, Words("error.broken_quotes"), "allowed.csv_row", detail=detail) from None
    return rows, lines


def _check_header(file: str, header: list[str], columns: Sequence[str]) -> None:
    if len(header) == 1 and re.search("[;\t]", header[0]):
        raise _refusal(file, 1, header[0][:60], "allowed.commas")
    header = header[: 10 * len(columns)]
    missing = [(column, "error.no_column") for column in columns if column not in header]
    strange = [c for c in dict.fromkeys(header) if c not in columns or header.count(c) > 1]
    faults = missing + [(column, "error.unknown_column") for column in strange]
    if faults:
        values = {"columns": list(columns)}
        raise DataError([Problem(file, 1, column, Words(key), "allowed.columns", values) for column, key in faults])


def _row_problems(file: str, header: list[str], lines: list[int], rows: list[list[str]]) -> Iterator[Problem]:
    for line, fields in zip(lines, rows, strict=True):
        if len(fields) != len(header):
            count = {"count": len(header)}
            yield Problem(file, line, None, Words("error.fields", count=len(fields)), "allowed.fields", count)
            continue
        for column, value in zip(header, fields, strict=True):
            if not value.isascii() and not unicodedata.is_normalized("NFC", value):
                composed = unicodedata.normalize("NFC", value)
                yield Problem(file, line, column, value, "allowed.nfc", {"composed": composed})
            if value != value.strip():
                yield Problem(file, line, column, value, "allowed.no_space")


@dataclass(frozen=True)
class Breach:
    """Rows of a table that break a rule: the column at fault, the key of what is allowed there, and the columns of
    `rows` with the values of its words."""

    table: str
    rows: pd.DataFrame
    column: str
    allowed: str
    values: tuple[str, ...] = ()


def problems(breaches: Iterator[Breach]) -> Iterator[Problem]:
    """A Problem for every row of every breach."""
    for breach in breaches:
        for row in breach.rows.to_dict("records") if len(breach.rows) else ():
            line, values = row[LINE], {name: row[name] for name in breach.values}
            place = None if line is None else int(line)
            yield Problem(f"{breach.table}.csv", place, breach.column, str(row[breach.column]), breach.allowed, values)


def field_problems(table: str, frame: pd.DataFrame) -> list[Problem]:
    """Every field of `frame` that the rule of its column does not allow, and every row that repeats a key.

    table: name of a table of contract.json; frame: its rows as `read_table` gives them.
    """
    return first_problems(problems(_field_breaches(table, frame)), f"{table}.csv")


def _field_breaches(table: str, frame: pd.DataFrame) -> Iterator[Breach]:
    for column, name in COLUMNS[table].items():
        rule, cells = RULES[name], frame[column]
        if "enum" in rule:
            wrong = frame[~cells.isin(rule["enum"])].head(PROBLEMS + 1)
            values = [value for value in rule["enum"] if value]
            key = "allowed.one_of_or_none" if "" in rule["enum"] else "allowed.one_of"
            lists = pd.Series([values] * len(wrong), wrong.index, dtype=object)
            yield Breach(table, wrong.assign(values=lists), column, key, ("values",))
        elif "pattern" in rule:
            is_written = cells.str.fullmatch(rule["pattern"])
            yield Breach(table, frame[~is_written].head(PROBLEMS + 1), column, f"allowed.field.{name}")
            if rule.get("calendar"):
                is_no_day = is_written & ~cells.map(_is_day)
                yield Breach(table, frame[is_no_day].head(PROBLEMS + 1), column, "allowed.calendar")
    key_columns, rows = KEYS[table], frame[frame.duplicated(KEYS[table])].head(PROBLEMS + 1)
    if len(rows):
        lines = frame.groupby(key_columns, sort=False)[LINE].transform("first")
        first = lines[rows.index].map(lambda line: Words("error.row", row=line))
        name, keys = "+".join(key_columns), rows[key_columns].agg(", ".join, axis="columns")
        yield Breach(table, rows.assign(first=first, **{name: keys}), name, "allowed.key_once", ("first",))


def _is_day(words: str) -> bool:
    """Whether a text that is written as a day is one of the calendar: no 30 February. A year or a month alone is."""
    try:
        return len(words) < 10 or bool(date.fromisoformat(words))
    except ValueError:
        return False


def package_text(processed: str | Path = PROCESSED) -> str:
    """The description of all tables, raw and processed, as the JSON text of a Frictionless Data Package.

    processed: the folder with the processed tables, whose headers are read. No clock and no hash is in it, so it
    changes only when a table changes its columns.

    >>> package = json.loads(package_text())
    >>> [r["name"] for r in package["resources"]][:2], package["licenses"][0]["name"]
    (['sources', 'observations'], 'CC-BY-4.0')
    """
    raw = [_resource(name, f"raw/{name}.csv", COLUMNS[name], table) for name, table in CONTRACT["tables"].items()]
    words = {part: _both(f"datapackage.{part}") for part in ("title", "description")}
    sources = [{"title": _both("datapackage.sources"), "path": "raw/sources.csv"}]
    resources = raw + [_describe_processed(path) for path in sorted(Path(processed).glob("*.csv"))]
    package = CONTRACT["package"] | words | {"sources": sources, "resources": resources}
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def _both(key: str) -> str:
    return " / ".join(text(key, lang) for lang in LANGUAGES)


def _resource(name: str, path: str, rules: Mapping[str, str], table: Json) -> Json:
    label = f"datapackage.{path.removesuffix('.csv').replace('/', '.')}"
    schema: Json = {"fields": [_field(*field) for field in rules.items()], "missingValues": [""]}
    if "primaryKey" in table:
        schema["primaryKey"] = table["primaryKey"]
    links = [
        {"fields": [column], "reference": {"resource": "" if to == name else to, "fields": [key]}}
        for column, (to, _, key) in ((c, link.partition(".")) for c, link in table.get("foreignKeys", {}).items())
        if "separator" not in RULES[rules[column]]  # no foreign key follows several values of one cell
    ]
    if links:
        schema["foreignKeys"] = links
    words = {"title": _both(label)} if label in labels() else {}
    kind = {"profile": "tabular-data-resource", "scheme": "file", "format": "csv", "mediatype": "text/csv"}
    return {"name": name, **words, "path": path, **kind, "encoding": "utf-8", "schema": schema}


def _field(column: str, name: str) -> Json:
    """A column as a field of Table Schema; name: its rule."""
    rule = RULES[name]
    kind = rule["type"]
    limits: Json = {limit: rule[limit] for limit in ("minimum", "maximum") if limit in rule}
    values = [value for value in rule.get("enum", ()) if value]
    if "enum" in rule and "" not in rule["enum"] or "pattern" in rule and not re.fullmatch(rule["pattern"], ""):
        limits["required"] = True
    if kind == "string" and name != "filled":  # that a text is there is said by `required`
        limits |= {"enum": values} if values else {"pattern": rule["pattern"]} if "pattern" in rule else {}
    field: Json = {"name": column, "title": _title(column)}
    words = next((word for word in ("enum", "pattern") if word in limits), name)
    words = words if f"datapackage.rule.{words}" in labels() else kind
    field |= {"type": kind, "description": _both(f"datapackage.rule.{words}")}
    field |= {part: rule[part] for part in ("trueValues", "falseValues") if part in rule}
    return field | ({"constraints": limits} if limits else {})


def _title(column: str) -> str:
    """Its title with its unit in both languages; a share is a fraction in our files, in per cent only for readers."""
    row = column_facts().get(column, {"format": ""})
    is_share = row["format"][:1] in ("p", "c")
    return " / ".join(row[lang] if is_share else heading(column, lang) for lang in LANGUAGES)


def _describe_processed(path: Path) -> Json:
    rules_of_processed = CONTRACT["processed"]
    table = rules_of_processed["tables"].get(path.stem, {})
    header = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
    kinds = rules_of_processed["columns"], table.get("columns", {})
    rule_of = {column: rule for kind in kinds for rule, columns in kind.items() for column in columns}
    links = rules_of_processed["foreignKeys"] | table.get("foreignKeys", {})
    links = {c: link for c, link in links.items() if c in header and c not in table.get("unlinked", ())}
    rules = {column: rule_of.get(column, "string") for column in header}
    return _resource(f"processed_{path.stem}", f"processed/{path.name}", rules, table | {"foreignKeys": links})
