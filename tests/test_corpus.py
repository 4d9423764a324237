"""Every row of the corpus gives what it must: a sample in each run, all of them through all commands under slow."""

import pytest
from corpus.case import Case
from corpus.cases import CASES
from corpus.write import written_by_libreoffice
from hostile import run
from planting import files_in

from kontum_analysis.base.errors import DataError, KontumError
from kontum_analysis.offices.answers import answers_from
from kontum_analysis.offices.importing import read_filled
from kontum_analysis.offices.places import places

OURS = [case for case in CASES if case.write is not written_by_libreoffice]
REPORTED = (
    "the ministry's form",
    "districts as subtotals",
    "units of 2025",
    "15/19",
    "a dash",
    "two empty sheets behind",
)
OFFICE = [case for case in CASES if case.write is written_by_libreoffice]


def outcome(case: Case, folder):
    """The table of a case, or the key of the one problem it ends in."""
    path = case.write_file(folder)
    document_facts = dict(office="Sở Lao động", document="01/TN", date=case.date, year=case.year)
    try:
        return read_filled(path, answers_from(case.answers), case.sheet, **document_facts)
    except DataError as error:
        assert len({problem.allowed for problem in error.problems}) == 1, str(error)
        assert all(error.in_language(lang) for lang in ("vi", "en"))
        return error.problems[0].allowed
    except KontumError as error:
        assert all(error.in_language(lang) for lang in ("vi", "en"))
        return error.key


def differences(case: Case, folder):
    """What a case gives, where that is not what it must give."""
    filled = outcome(case, folder)
    if case.asks or isinstance(filled, str):
        return [] if filled == case.asks else [f"{case.habit}: {filled}, not {case.asks or case.values}"]
    columns = [case.column] if case.column else ["households_total", "poor_households"]
    values = {e.code: tuple(e.values.get(name) for name in columns) for e in filled.entries}
    right = {code: value if isinstance(value, tuple) else (value,) for code, value in case.values.items()}
    kinds = {kind: sum(row.kind == kind for row in filled.rows) for kind in case.kinds}
    offenders = []
    if values != right:
        offenders.append(f"{case.habit}: {values}, not {right}")
    if kinds != case.kinds:
        offenders.append(f"{case.habit}: {kinds}, not {case.kinds}")
    if len(filled.disagreements) != case.totals_differ:
        offenders.append(f"{case.habit}: {filled.disagreements}")
    return offenders


def test_each_habit_is_read_as_the_office_sees_it(tmp_path):
    assert len(CASES) >= 60 and len({case.habit for case in CASES}) == len(CASES)
    offenders = []
    for number, case in enumerate(OURS):
        folder = tmp_path / str(number)
        folder.mkdir()
        offenders += differences(case, folder)
    assert offenders == []


@pytest.mark.slow
def test_each_habit_of_libreoffice_is_read_as_the_office_sees_it(tmp_path):
    offenders = []
    for number, case in enumerate(OFFICE):
        folder = tmp_path / str(number)
        folder.mkdir()
        offenders += differences(case, folder)
    assert offenders == []


def test_codes_alone_of_all_units_of_2025_are_units(tmp_path):
    codes = [place.code for place in places(True) if place.level == "unit"]
    rows = [["Mã", "Tổng số hộ", "Hộ nghèo"], *([code, 1000, 100] for code in codes)]
    case = Case("codes alone", "", rows, {code: (1000, 100) for code in codes}, year=2025, date="15/01/2026")
    assert len(codes) == 40 and differences(case, tmp_path) == []


def commands(case, path, folder):
    """What an office does with its table: import it, ask for paths, a report and a figure's sources, take it back."""
    about = ["--office", "Sở Lao động", "--document", "01/TN", "--year", str(case.year)]
    about += ["--date", case.date] if case.date else []
    about += ["--sheet", case.sheet] if case.sheet else []
    answers = [word for answer in case.answers for word in ("--map", answer)]
    yield ["data", "import", str(path), *about, *answers, "--yes"]
    yield ["data", "imports"]
    yield ["project", "--scenario", "programme-mid", "--to", "2026"]
    yield ["trace", "Đăk Glei", "poverty_rate_pct", "2024"]
    if case.habit in REPORTED:
        yield ["report", "--year", str(case.year), "--out", str(folder / "a.html")]
        yield ["tables", "--format", "csv", "--out", str(folder / "bang")]
        yield ["figures", "poverty_paths", "--format", "svg", "--out", str(folder / "hinh")]


@pytest.mark.slow
def test_no_habit_ends_in_a_crash_and_undo_leaves_nothing(tmp_path, monkeypatch):
    wrong = []
    for number, case in enumerate(OURS):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.setenv("KONTUM_DATA", str(folder / "kho"))
        path = case.write_file(folder)
        for words in commands(case, path, folder):
            status, printed = run(words)  # an error that is not ours is raised
            is_refused = bool(case.asks) and words[1] == "import"
            if status not in (0, 1) or "Traceback" in printed or (words[0] == "data" and (status == 1) != is_refused):
                wrong.append((case.habit, words[:2], printed[-300:]))
        if not case.asks:
            wrong += [(case.habit, "undo")] if run(["data", "undo", "--yes"])[0] else []
        rest = files_in(folder / "kho") if (folder / "kho").exists() else {}
        wrong += [(case.habit, rest)] if rest else []
    assert wrong == []
