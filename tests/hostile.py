"""Every door by which something from outside comes in, as a function of bytes; hypothesis and atheris knock at each.

A new parser is one more entry of PARSERS (and, where it helps, a sound file for it in SEEDS).
"""

import io
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

from planting import snapshot

import kontum_analysis as kt
from kontum_analysis import cli
from kontum_analysis.base.files import RAW, SCENARIOS
from kontum_analysis.data import areas, contract, observations, rules
from kontum_analysis.figures import boundaries
from kontum_analysis.offices import columns as headings
from kontum_analysis.offices import importing, places
from kontum_analysis.offices import typed as reading
from kontum_analysis.offices.sheets import Cell
from kontum_analysis.offices.template import template
from kontum_analysis.poverty import scenarios

COLUMNS = list(contract.COLUMNS["observations"])
BINARY = Path(__file__).parent / "corpus" / "two-districts.xlsb"
XML, BIN = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.bin"
BORDER = (
    b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Dak Glei"}, '
    b'"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}]}'
)


def _file(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


def table(content, folder):
    """observations.csv, with all rules of its fields and those across tables."""
    rows = contract.read_table(_file(folder, "observations.csv", content), COLUMNS)
    if problems := contract.field_problems("observations", rows):
        raise kt.DataError(problems)
    if problems := rules.cross_table_problems({**observations.raw_tables(), "observations": rows}):
        raise kt.DataError(problems)


def scenario(content, folder):
    """A scenario file."""
    scenarios.load(_file(folder, "mine.yaml", content))


def borders(content, folder):
    """A boundary file, up to where the map would be drawn."""
    boundaries.borders(_file(folder, "mine.geojson", content))


def sheet(content, folder):
    """A table that an office fills in: a workbook where it starts as one, else text."""
    importing.read_filled(_file(folder, "mine.xlsx" if content.startswith(b"PK") else "mine.csv", content))


def _with_sheet(start, part, content, file):
    """A sound workbook in which one part is this content."""
    with zipfile.ZipFile(start) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    importing.read_filled(file)


def cells(content, folder):
    """The XML of a sheet of an .xlsx."""
    _with_sheet(io.BytesIO(template("district", 2024, "vi")), XML, content, folder / "mine.xlsx")


def binary(content, folder):
    """The records of a sheet of an .xlsb."""
    _with_sheet(BINARY, BIN, content, folder / "mine.xlsb")


def typed_values(content, folder):
    """What a text or number format of a spreadsheet means: as a cell of each kind, a heading, a name and a day."""
    text, _, number_format = content.decode("utf-8", "replace").partition("\x00")
    headings.recognised(text or "?", 2024)
    for is_late in (False, True):
        places.bearers(text, is_late)
    for kind in reading.READERS:
        for cell in (Cell(text), Cell(0.0078, number_format), Cell(13500, number_format), Cell(-1.5, number_format)):
            with suppress(kt.KontumError):
                reading.cell_value(cell, kind)
    reading.day(text)


def area(content, folder):
    """The name of an area."""
    areas.resolve(content.decode("utf-8", "surrogateescape"))


def arguments(content):
    """Words as a shell hands them over: bytes that are no UTF-8 come as lone surrogates, a zero byte never comes."""
    words = content.decode("utf-8", "surrogateescape").split("\x00")
    return [word for word in words if word not in ("--install-completion", "--show-completion")]


def command(content, folder):
    """The words of the command `trace`, and those of `data check` in a folder without tables."""
    for start in (["trace"], ["data", "check"]):
        result = run([*start, *arguments(content)])
        assert "Traceback" not in result[1]
        assert result[0] in (0, 1, 2)


def run(words):
    """(exit status, all that was printed) of the command in this process; an error that is not ours is raised."""
    out, before = io.StringIO(), sys.argv
    sys.argv = ["kontum", *words]
    try:
        with redirect_stdout(out), redirect_stderr(out):
            cli.main()
    except SystemExit as end:
        return end.code or 0, out.getvalue()
    finally:
        sys.argv = before
    return 0, out.getvalue()


PARSERS = {f.__name__: f for f in (table, scenario, borders, sheet, cells, binary, typed_values, area, command)}
SEEDS = {
    "table": b"\n".join((RAW / "observations.csv").read_bytes().split(b"\n")[:4]) + b"\n",
    "scenario": (SCENARIOS / "yearly-plans.yaml").read_bytes(),
    "borders": BORDER,
    "sheet": template("district", 2024, "vi"),
    "cells": zipfile.ZipFile(io.BytesIO(template("district", 2024, "vi"))).read(XML),
    "binary": zipfile.ZipFile(BINARY).read(BIN),
    "typed_values": 'Tổng số hộ 1.234¹\x00_-* #,##0.00%_-;"-"??'.encode(),
    "area": "xã Đăk Long, huyện Đăk Glei".encode(),
    "command": "Kon Plông\x00poverty_rate_pct\x001990".encode(),
}


def knock(name, content, folder):
    """Hand `content` to a parser. Passes when it is taken or refused by an error of ours in both languages; nothing is
    written.
    """
    for old in folder.iterdir():
        old.unlink()
    refusal = None
    try:
        PARSERS[name](content, folder)
    except kt.KontumError as error:
        refusal = error
    if refusal is not None:
        assert all(refusal.in_language(lang) for lang in ("vi", "en"))
        str(refusal).encode("utf-8", "backslashreplace")
    assert len(snapshot(folder)) <= 1, "something was written"
