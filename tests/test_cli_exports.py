"""`kontum figures` and `kontum tables` as a user types them, and their mistakes."""

import subprocess

import pytest
from hostile import run

from kontum_analysis.base.errors import KontumError
from kontum_analysis.base.files import ROOT
from kontum_analysis.base.words import LANGUAGES, text
from kontum_analysis.cli.exports import chosen_formats, chosen_names, printed_width

DEFAULT_NAMES = ("exports.folder.figures", "exports.folder.tables", "explorer.file", "report.file")


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """An empty folder, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_a_command_writes_by_a_name_of_its_own_is_no_change_to_the_repository():
    names_in = {key: [text(key, lang, area="x-", year=2023) for lang in LANGUAGES] for key in DEFAULT_NAMES}
    names = sorted({"template.xlsx", *(name for both in names_in.values() for name in both)})
    result = subprocess.run(
        ["git", "check-ignore", "--no-index", *(f"{n}/x" if "." not in n else n for n in names)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if result.returncode == 128:
        pytest.skip("no git repository here")
    assert len(result.stdout.splitlines()) == len(names)


def test_figures_come_with_their_data_and_words_and_a_second_run_writes_nothing(folder):
    words = ["figures", "coverage,ntm_bands", "--format", "png,pdf", "--dpi", "60", "--width", "9cm"]
    status, printed = run(words)
    assert status == 0 and "8 tệp" in printed and "3,9 điểm" in printed
    expected = [f"{name}.{kind}" for name in ("coverage", "ntm_bands") for kind in ("csv", "md", "pdf", "png")]
    assert names(folder / "hinh-vi") == expected
    times = {path.name: path.stat().st_mtime_ns for path in (folder / "hinh-vi").iterdir()}
    assert run(["figures", "ntm_bands", *words[2:]])[0] == 0
    assert times == {path.name: path.stat().st_mtime_ns for path in (folder / "hinh-vi").iterdir()}


def test_a_vintage_too_early_for_some_figures_says_which_are_left_out(folder, monkeypatch):
    from kontum_analysis import figures

    entries = {name: figures.CATALOGUE[name] for name in ("coverage", "poverty_paths")}
    monkeypatch.setattr(figures, "CATALOGUE", entries)
    early = ["--format", "svg", "--as-of", "2022-10-04", "--lang", "en"]
    status, printed = run(["figures", *early, "--out", "f"])
    assert status == 0 and "Left out poverty_paths" in printed and "coverage.svg" in names(folder / "f")
    status, printed = run(["figures", "poverty_paths", *early])
    assert status == 1 and "poverty_paths" in printed and not (folder / "figures-en").exists()


def test_tables_are_written_in_every_format_and_what_was_changed_is_kept(folder, monkeypatch):
    from kontum_analysis.publish import tables

    few = {name: tables._MAKERS[name] for name in ("known_rates", "quotas")}
    monkeypatch.setattr(tables, "_MAKERS", few)
    words = ["tables", "--format", "xlsx,csv,docx,latex,sdmx", "--scenario", "programme-low", "--lang", "en"]
    status, printed = run(words)
    assert status == 0 and "10 files" in printed and "shipped with the project" in printed
    assert names(folder / "tables-en") == [
        *("csv/known_rates.csv", "csv/quotas.csv", "latex/known_rates.tex", "latex/quotas.tex", "read-first.md"),
        *("sdmx/observations.csv", "sdmx/projections.csv", "sdmx/structure.json", "tables.docx", "tables.xlsx"),
    ]
    changed = folder / "tables-en" / "csv" / "quotas.csv"
    assert changed.read_text("utf-8-sig").count("\n") == 12
    changed.write_text("mine", encoding="utf-8")
    others = {name: (folder / "tables-en" / name).read_bytes() for name in names(folder / "tables-en")}
    status, printed = run([*words[:4], "programme-high", *words[5:]])
    assert status == 1 and "quotas.csv: this file is there" in printed and "tables-en-2" in printed
    assert others == {name: (folder / "tables-en" / name).read_bytes() for name in names(folder / "tables-en")}


def test_a_mistake_ends_with_one_message_and_writes_nothing(folder):
    wrong = []
    for words, meaning in (
        (["figures", "povertypaths"], "poverty_paths"),
        (["figures", "--format", "png,gif"], "png, svg, pdf"),
        (["figures", "--format", ""], "png, svg, pdf"),
        (["figures", "--width", "wide"], "6,3in"),
        (["figures", "--width", "900cm"], "4"),
        (["figures", "--dpi", "5"], "1200"),
        (["figures", "--out", str(ROOT / "figures")], "hinh-vi"),
        (["figures", "--out", str(ROOT / "figures" / "vi")], "hinh-vi"),
        (["tables", "--out", str(ROOT / "data" / "processed")], "bang-vi"),
        (["tables", "--format", "ods"], "xlsx, csv, docx, latex, sdmx"),
        (["tables", "--scenario", "nowhere"], "programme-low"),
    ):
        status, printed = run(words)
        if status != 1 or meaning not in printed or "Traceback" in printed:
            wrong.append((words, status, printed))
    assert wrong == [] and list(folder.iterdir()) == []
    (folder / "taken").write_text("x", encoding="utf-8")
    status, printed = run(["tables", "--out", "taken"])
    assert status == 1 and "taken" in printed and (folder / "taken").read_text(encoding="utf-8") == "x"


def test_a_width_is_read_as_people_write_it_and_others_are_refused():
    widths = {"16cm": 16, "16": 16, "160mm": 16, "6.3in": 16.002, "6,3 in": 16.002, "16,5 CM": 16.5}
    assert {words: printed_width(words) for words in widths} == pytest.approx(widths)
    for words in ("", "cm", "-16cm", "1e1", "16 km", "nan", "16cm16", "１６cm", "3cm", "61"):
        with pytest.raises(KontumError, match="--width"):
            printed_width(words)


def test_formats_and_names_stand_once_in_the_order_given():
    assert chosen_formats(" PDF,.png, pdf,", ("png", "svg", "pdf")) == ["pdf", "png"]
    assert chosen_names(["b,a", "b"], ["a", "b"]) == ["b", "a"] and chosen_names(None, ["a", "b"]) == ["a", "b"]


def test_the_explorer_is_written_as_one_page_of_any_vintage(folder):
    status, printed = run(["explorer", "--as-of", "2022-10-04", "--lang", "en"])
    page = (folder / "explore.html").read_text(encoding="utf-8")
    assert status == 0 and "explore.html" in printed and '<html lang="en">' in page
    assert "programme-mid" in page and "observed-pace" not in page  # the observed pace was not known yet
    for words, part in ((["--out", "x.pdf"], "x.pdf"), (["--out", "no/x.html"], "no"), (["--scenario", "no"], "no")):
        status, printed = run(["explorer", *words])
        assert status == 1 and part in printed and "Traceback" not in printed
