"""Fill a template as an office would."""

import io

import openpyxl

from kontum_analysis.offices.template import HEADER, template

OFFICE, DOCUMENT, DATE = "Sở Nông nghiệp và Môi trường", "12/BC-SNNMT", "15/1/2025"
FIRST = HEADER + 2  # the first row of areas, counted from 1
STATUSES = ["Chưa đạt", "Đạt chuẩn", "Nâng cao", "Kiểu mẫu"]


def filled(path, level="commune", year=2024, rows=None, change=None):
    """A filled template; rows: how many of its areas; change: a function of the workbook, called before saving."""
    book = openpyxl.load_workbook(io.BytesIO(template(level, year)))
    sheet = book.worksheets[0]
    sheet["C2"], sheet["C3"], sheet["C4"] = OFFICE, DOCUMENT, DATE
    last = FIRST + rows if rows else sheet.max_row + 1
    base = 3 if level == "district" else 4
    for number, row in enumerate(range(FIRST, last)):
        sheet.cell(row, base).value = 1000 + 10 * number
        sheet.cell(row, base + 1).value = f"{80 + number}"
        sheet.cell(row, base + 2).value = 40
        if level == "commune" and sheet.cell(row, 7).value != "–":
            sheet.cell(row, 7).value = 19 if number % 3 == 0 else 12 + number % 7
            sheet.cell(row, 8).value = STATUSES[2 if number % 9 == 0 else 1 if number % 3 == 0 else 0]
    if change:
        change(book)
    book.save(path)
    return path


class Undrawn:
    """A figure without its table and drawing, for tests of the words and numbers around it."""

    title = alt = "-"

    def page(self, source):
        return None

    def image(self, kind, dpi, page):
        return PIXEL


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060"
    "00000005000154a24f5d0000000049454e44ae426082"
)
