"""Workbooks that are no .xlsx, read by calamine in a process of its own.

It tells values alone, and of their formats no more than which numbers are dates. A hostile or damaged file makes it ask
for all memory or end the program, and no error can be caught then: so it runs where only that process ends.
"""

import faulthandler
import io
import os
import signal
import sys
import warnings
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ..base.errors import KontumError

SECONDS, MOST_BYTES = 30, 1_800_000_000  # the largest .xls takes 3 seconds and 1.1 GB
Grid = tuple[str, list[list[Any]], list[tuple[int, int, int, int]], bool]  # name, values, merged cells, hidden


def foreign_sheets(name: str, content: bytes, most_rows: int, most_columns: int) -> list[Grid]:
    """The sheets of a workbook. Raises KontumError where it is under a password, reaches too far, or cannot be read."""
    context: Any = get_context("fork" if sys.platform == "linux" else "spawn")
    answers, sender = context.Pipe(duplex=False)
    reader = context.Process(target=_send, args=(sender, content, most_rows, most_columns), daemon=True)
    with warnings.catch_warnings(action="ignore"):  # newer Pythons warn of threads; this child starts and locks none
        reader.start()
    sender.close()
    answer: Any = None
    try:
        with suppress(EOFError, OSError):  # it ended without an answer
            if answers.poll(SECONDS):
                answer = answers.recv()
    finally:
        reader.kill()
        reader.join()
        answers.close()
    if answer == "password":
        raise KontumError("own.error.password", file=name)
    if answer == "far":
        raise KontumError("own.error.far_cell", file=name, rows=most_rows, columns=most_columns)
    if answer is None:
        raise KontumError("own.error.no_workbook", file=name)
    return list(answer)


def _send(sender: Any, content: bytes, most_rows: int, most_columns: int) -> None:
    """Send the sheets, or in a word what is wrong with them; nothing is said on the way."""
    faulthandler.disable()
    for number in {signal.SIGABRT, signal.SIGSEGV, signal.SIGFPE, signal.SIGILL}:
        signal.signal(number, signal.SIG_DFL)  # the parent's own answer to its end is none to the end of this process
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with suppress(ImportError, OSError, ValueError):  # not on every system
        import resource

        present = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (present + MOST_BYTES, resource.RLIM_INFINITY))
    from python_calamine import PasswordError

    try:
        sender.send(_sheets(content, most_rows, most_columns))
    except PasswordError:
        sender.send("password")
    except Exception:  # a damaged workbook fails in as many ways as there are parts in it
        sender.send(None)


def _sheets(content: bytes, most_rows: int, most_columns: int) -> list[Grid] | str:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    sheets = []
    with CalamineWorkbook.from_object(io.BytesIO(content)) as book:
        for place, about in enumerate(book.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_index(place)
            rows, columns = (last + 1 for last in sheet.end or (0, 0))
            if rows > most_rows or columns > most_columns:
                return "far"
            merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
            is_hidden = about.visible != SheetVisibleEnum.Visible
            sheets.append((about.name, sheet.to_python(skip_empty_area=False), merged, is_hidden))
    return sheets
