"""Plant a fault in a copy of the raw tables, and read the tables of faults in `tests/cases/`."""

import csv
import io
from pathlib import Path


def cases(name):
    """The rows of a table of `tests/cases/`, each a dict of texts."""
    text = (Path(__file__).parent / "cases" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def rows_of(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def write_rows(path, rows):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")


def line_of(path, **cells):
    """The line of the first row with these fields; no field of our tables holds a line break."""
    rows = rows_of(path)
    place = {name: rows[0].index(name) for name in cells}
    return next(n for n, row in enumerate(rows, 1) if n > 1 and all(row[place[k]] == v for k, v in cells.items()))


def set_field(path, line, column, value):
    rows = rows_of(path)
    rows[line - 1][rows[0].index(column)] = value
    write_rows(path, rows)


def add_row(path, like, **changes):
    """Append a copy of the row on line `like` with some fields changed; returns its line."""
    rows = rows_of(path)
    row = list(rows[like - 1])
    for column, value in changes.items():
        row[rows[0].index(column)] = value
    write_rows(path, [*rows, row])
    return len(rows) + 1


def files_in(folder):
    """The bytes of every file below a folder, by its path there."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def snapshot(folder):
    """Names, bytes and times of everything in a folder, to show that nothing was written."""
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in sorted(folder.iterdir())}
