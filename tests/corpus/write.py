"""Write the rows of a case as the file of a program: workbooks of XlsxWriter, openpyxl and LibreOffice, and texts."""

import csv
import io
import re
import shutil
import subprocess
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from kontum_analysis.offices.letters import _TCVN3_LETTERS, from_vni

TONES = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True)
class Shown:
    """A cell with a number format, a formula with its saved result, or letters above the line after a text."""

    value: Any = None
    number_format: str = ""
    formula: str = ""
    above: str = ""


def written_by_xlsxwriter(path, sheets, merged=(), hidden_rows=(), filtered="", hidden=(), password=""):
    """Sheets by name, each a list of rows of values or `Shown`; merged: ranges such as "A1:C1" of the first sheet."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_numbers": False})
    above = book.add_format({"font_script": 1})
    for place, (name, rows) in enumerate(sheets.items()):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                _xlsxwriter_cell(book, sheet, above, number, column, cell)
        if place == 0:
            for cells in merged:
                first = xlsxwriter.utility.xl_cell_to_rowcol(cells.split(":")[0])
                sheet.merge_range(cells, rows[first[0]][first[1]])
            for number in hidden_rows:
                sheet.set_row(number - 1, None, None, {"hidden": True})
            if filtered:
                sheet.autofilter(filtered)
        if name in hidden:
            sheet.hide()
        else:
            sheet.activate()  # the active sheet cannot be hidden
        if password:
            sheet.protect(password)
    book.close()
    return path


def _xlsxwriter_cell(book, sheet, above, row, column, cell):
    if not isinstance(cell, Shown):
        if cell is not None:
            sheet.write(row, column, cell)
    elif cell.above:
        sheet.write_rich_string(row, column, book.add_format(), str(cell.value), above, cell.above)
    else:
        look = book.add_format({"num_format": cell.number_format}) if cell.number_format else None
        if cell.formula:
            sheet.write_formula(row, column, cell.formula, look, cell.value)
        elif cell.value is None:
            sheet.write_blank(row, column, None, look)
        else:
            sheet.write(row, column, cell.value, look)


def written_by_openpyxl(path, sheets, merged=(), **_):
    """The same by openpyxl; formulas get no result."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row, 1):
                content = cell if isinstance(cell, Shown) else Shown(cell)
                place = sheet.cell(number, column)
                place.value = content.formula or content.value
                if content.number_format:
                    place.number_format = content.number_format
    for cells in merged:
        book.worksheets[0].merge_cells(cells)
    book.save(path)
    return path


def written_by_libreoffice(path, sheets, **looks):
    """The same, saved again by LibreOffice in the format of the path's suffix."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    folder = path.parent / "first"
    folder.mkdir(exist_ok=True)
    first = written_by_xlsxwriter(folder / f"{path.stem}.xlsx", sheets, **looks)
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    words = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        path.suffix[1:],
        "--outdir",
        str(path.parent),
        str(first),
    ]
    subprocess.run(words, check=True, capture_output=True, timeout=180)
    return path


def written_as_text(path, sheets, encoding="utf-8", separator=",", letters=None, **_):
    """The first sheet as a text; encoding: of Python, or windows-1258 as Vietnamese Windows writes it."""
    out = io.StringIO()
    rows = [["" if cell is None else cell for cell in row] for row in next(iter(sheets.values()))]
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    text = letters(out.getvalue()) if letters else out.getvalue()
    path.write_bytes(windows_1258(text) if encoding == "windows-1258" else text.encode(encoding))
    return path


def windows_1258(text):
    """As Vietnamese Windows writes it: base letter with its mark, then the tone."""
    apart = {}
    for letter in set(text):
        try:
            apart[letter] = letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(c for c in parts if c in TONES)
            apart[letter] = (unicodedata.normalize("NFC", parts.replace(tone, "")) + tone).encode("cp1258")
    return b"".join(apart[letter] for letter in text)


def in_tcvn3(text):
    """As a TCVN3 font shows it; its capitals with a tone have a font of their own."""
    back = {new: chr(old) for old, new in _TCVN3_LETTERS.items()}
    return "".join(back.get(ord(letter), back.get(ord(letter.lower()), letter)) for letter in text)


def in_vni(text):
    """As a VNI font shows it: the letters that `from_vni` turns back, found by trying its signs."""
    singles = {from_vni(letter): letter for letter in "ñÑôÔöÖæóòî"}
    pairs = {from_vni(base + sign): base + sign for base in "aeouyAEOUYôöÔÖ" for sign in "øùûõïâàáåãäêèéúüë"}
    return "".join(singles.get(letter) or pairs.get(letter) or letter for letter in text)


def with_part(path, name, change):
    """The workbook with one part of it changed: a function of its text."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            new.writestr(part, change(text.decode()) if part == name else text)
    path.write_bytes(content.getvalue())
    return path


def odd_fills(text):
    """Fills as another program writes them: empty ones."""
    return re.sub(r"<fill><patternFill patternType=\"none\" ?/></fill>", "<fill/>", text, count=1)
