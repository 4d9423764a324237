"""`kontum figures` and `kontum tables` as a user types them, and their mistakes."""

import sys

import pytest

from kontum_analysis import cli
from kontum_analysis.base.errors import KontumError
from kontum_analysis.base.files import ROOT
from kontum_analysis.cli.export_options import chosen_formats, chosen_names, printed_width


@pytest.fixture
def kontum(monkeypatch, capsys, tmp_path):
    """Run the command inside this process, in an empty folder: (exit status, what it said)."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["kontum", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out + said.err

    return run


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_figures_are_written_with_their_data_and_words_and_nothing_changes_on_a_second_run(kontum, tmp_path):
    words = ["figures", "coverage,ntm_bands", "--format", "png,pdf", "--dpi", "60", "--width", "9cm"]
    code, said = kontum(*words)
    assert code == 0 and "8 tệp" in said and "3,7 điểm" in said
    expected = [f"{name}.{kind}" for name in ("coverage", "ntm_bands") for kind in ("csv", "md", "pdf", "png")]
    assert names(tmp_path / "hinh-vi") == expected
    times = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "hinh-vi").iterdir()}
    assert kontum("figures", "ntm_bands", *words[2:])[0] == 0
    assert times == {path.name: path.stat().st_mtime_ns for path in (tmp_path / "hinh-vi").iterdir()}


def test_a_vintage_too_early_for_some_figures_says_which_are_left_out(kontum, tmp_path, monkeypatch):
    from kontum_analysis import figures

    kept = {name: figures.CATALOGUE[name] for name in ("coverage", "poverty_paths")}
    monkeypatch.setattr(figures, "CATALOGUE", kept)
    code, said = kontum("figures", "--format", "svg", "--as-of", "2022-10-04", "--lang", "en", "--out", "f")
    assert code == 0 and "Left out poverty_paths" in said and "coverage.svg" in names(tmp_path / "f")
    code, said = kontum("figures", "poverty_paths", "--format", "svg", "--as-of", "2022-10-04", "--lang", "en")
    assert code == 1 and "poverty_paths" in said and not (tmp_path / "figures-en").exists()


def test_tables_are_written_in_every_format(kontum, tmp_path, monkeypatch):
    from kontum_analysis.publish import columns as export_tables

    few = {name: export_tables._MAKERS[name] for name in ("known_rates", "quotas")}
    monkeypatch.setattr(export_tables, "_MAKERS", few)
    words = ["tables", "--format", "xlsx,csv,docx,latex,sdmx", "--scenario", "programme-low", "--lang", "en"]
    code, said = kontum(*words)
    assert code == 0 and "9 files" in said
    assert names(tmp_path / "tables-en") == [
        "csv/known_rates.csv",
        "csv/quotas.csv",
        "latex/known_rates.tex",
        "latex/quotas.tex",
        "read-first.md",
        "sdmx/observations.csv",
        "sdmx/projections.csv",
        "tables.docx",
        "tables.xlsx",
    ]
    assert (tmp_path / "tables-en" / "csv" / "quotas.csv").read_text("utf-8-sig").count("\n") == 12


@pytest.mark.parametrize(
    ("words", "said"),
    [
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
    ],
)
def test_a_mistake_ends_with_one_message_and_writes_nothing(kontum, tmp_path, words, said):
    code, found = kontum(*words)
    assert code == 1 and said in found and "Traceback" not in found
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_a_folder_is_asked_for_is_named(kontum, tmp_path):
    (tmp_path / "here").write_text("x", encoding="utf-8")
    code, said = kontum("tables", "--out", "here")
    assert code == 1 and "here" in said and (tmp_path / "here").read_text(encoding="utf-8") == "x"


@pytest.mark.parametrize(
    ("words", "cm"), [("16cm", 16), ("16", 16), ("160mm", 16), ("6.3in", 16.002), ("6,3 in", 16.002), ("16,5 CM", 16.5)]
)
def test_a_width_is_read_as_people_write_it(words, cm):
    assert printed_width(words) == pytest.approx(cm)


@pytest.mark.parametrize("words", ["", "cm", "-16cm", "1e1", "16 km", "nan", "16cm16", "１６cm", "3cm", "61"])
def test_a_width_that_is_none_is_refused(words):
    with pytest.raises(KontumError, match="--width"):
        printed_width(words)


def test_formats_and_names_stand_once_in_the_order_given():
    assert chosen_formats(" PDF,.png, pdf,", ("png", "svg", "pdf")) == ["pdf", "png"]
    assert chosen_names(["b,a", "b"], ["a", "b"]) == ["b", "a"] and chosen_names(None, ["a", "b"]) == ["a", "b"]


def test_the_explorer_is_written_as_one_page_of_any_vintage(kontum, tmp_path):
    status, said = kontum("explorer", "--as-of", "2022-10-04", "--lang", "en")
    page = (tmp_path / "explore.html").read_text(encoding="utf-8")
    assert status == 0 and "explore.html" in said and '<html lang="en">' in page
    assert "programme-mid" in page and "observed-pace" not in page  # the observed pace was not known yet


@pytest.mark.parametrize(
    ("words", "part"),
    [(("--out", "x.pdf"), "x.pdf"), (("--out", "no/x.html"), "no"), (("--scenario", "nowhere"), "nowhere")],
)
def test_a_mistake_about_the_explorer_is_one_sentence(kontum, words, part):
    status, said = kontum("explorer", *words)
    assert status == 1 and part in said and "Traceback" not in said
