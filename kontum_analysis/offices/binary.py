"""How far the cells of a binary workbook (.xlsb) reach, told before its reader makes room for all cells in between.

One number in the last row and column of a sheet makes that reader ask for 500 GB, and the system ends the program.
"""

import zipfile
from collections.abc import Iterator

_ROW, _FIRST_WITH_CONTENT, _LAST = 0, 2, 11  # kinds of records, [MS-XLSB] 2.3.1: BrtRowHdr, BrtCellRk to BrtFmlaError


def binary_extent(archive: zipfile.ZipFile) -> tuple[int, int]:
    """(rows, columns) up to the last cell with content in any sheet of the workbook."""
    rows = columns = row = 0
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".bin"):
            for kind, number in _records(archive.read(name)):
                if kind == _ROW:
                    row = number + 1
                elif _FIRST_WITH_CONTENT <= kind <= _LAST:
                    rows, columns = max(rows, row), max(columns, number + 1)
    return rows, columns


def _records(content: bytes) -> Iterator[tuple[int, int]]:
    """(kind, first number) of each record: the number of the row, or of the column of a cell."""
    place = 0
    while place < len(content):
        kind, place = _varying(content, place, 2)
        size, place = _varying(content, place, 4)
        yield kind, int.from_bytes(content[place : place + 4], "little")
        place += size


def _varying(content: bytes, place: int, longest: int) -> tuple[int, int]:
    """A number of seven bits a byte, the last without its highest bit, and the place behind it."""
    number = 0
    for step in range(longest):
        byte = content[place + step]
        number |= (byte & 127) << 7 * step
        if byte < 128:
            break
    return number, place + step + 1
