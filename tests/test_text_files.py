"""Tables as CSV, LaTeX and HTML: the same bytes twice, honest cells, and no formula from a file of data."""

import csv
import io
import shutil
import subprocess

import lxml.html
import pandas as pd
import pytest

import kontum_analysis as kt
from kontum_analysis.base.errors import Words
from kontum_analysis.publish.columns import Table, provenance
from kontum_analysis.publish.tables import report_tables
from kontum_analysis.publish.text_files import about, csv_bytes, html_table, latex

PLANTED = ["=cmd|'/C calc'!A0", "+1+1", "@SUM(A1:A9)", "-2+3", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1"]
PAGE = (
    r"\documentclass[a4paper]{article}\usepackage[utf8]{inputenc}\usepackage[T5]{fontenc}"
    r"\usepackage{array,booktabs,longtable}\usepackage[hyphens]{url}\usepackage[margin=2.5cm]{geometry}"
    r"\begin{document}%s\end{document}"
)


def table_of(**columns):
    return Table("sources", pd.DataFrame(columns), Words("exports.table.sources"))


@pytest.fixture(scope="module")
def tables(obs):
    scenarios = [kt.preset("programme-mid", end=2026), kt.preset("observed-pace", end=2026)]
    names = ["known_rates", "rates", "implied_pace", "district_panel", "scoreboard", "sources"]
    return {table.name: table for table in report_tables(obs, scenarios, names=names)[0]}


def test_csv_has_the_mark_of_utf8_decimal_points_and_the_same_bytes_twice(tables):
    content = csv_bytes(tables["known_rates"], "vi")
    assert content == csv_bytes(tables["known_rates"], "vi")
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\r\n") == 9
    read = pd.read_csv(io.BytesIO(content))
    assert read["Tỷ lệ hộ nghèo (%)"].tolist()[:3] == [15.32, 10.86, 6.84]
    assert read["Cận dưới 80% (%)"].isna().tolist() == [True] * 3 + [False, True] + [False] * 3, "what is estimated"


def test_text_that_a_spreadsheet_would_run_gets_a_quote():
    content = csv_bytes(table_of(publisher=PLANTED, gap=[-4.46] * len(PLANTED)), "en").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))[1:]
    assert rows == [[f"'{words}", "-4.46"] for words in PLANTED], "a negative number stays a number"


def test_latex_has_rules_and_escapes_its_text(tables):
    for lang, number in (("vi", "15,32"), ("en", "15.32")):
        page = latex(tables["known_rates"], lang)
        assert r"\toprule" in page and r"\begin{table}" in page and number in page and r"(\%)" in page
        assert r"\begin{longtable}" in latex(tables["sources"], lang)
    planted = latex(table_of(publisher=["50% & {x}_1 #2 $3 \\end ~^"]), "en")
    assert r"50\% \& \{x\}\_1 \#2 \$3 \textbackslash{}end \textasciitilde{}\textasciicircum{}" in planted


def test_columns_of_a_latex_table_fit_an_upright_page(tables):
    for table in tables.values():
        widths = [float(part.split("cm}")[0]) for part in latex(table, "vi").split(r"arraybackslash}p{")[1:]]
        assert len(widths) == len(table.columns("vi")) and sum(widths) + 0.24 * len(widths) <= 15.6, table.name


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine: LaTeX is not compiled")
def test_pdflatex_sets_every_table_without_an_error(tables, tmp_path):
    body = "\n".join(latex(table, lang) for table in tables.values() for lang in ("vi", "en"))
    (tmp_path / "all.tex").write_text(PAGE % body, encoding="utf-8")
    result = subprocess.run(["pdflatex", "-interaction=nonstopmode", "all.tex"], cwd=tmp_path, capture_output=True)
    log = result.stdout.decode("latin-1")
    assert result.returncode == 0, log[-2000:]
    wide = [float(line.split("(")[1].split("pt")[0]) for line in log.splitlines() if line.startswith("Overfull")]
    assert max(wide, default=0) < 20, "points beyond a column"


def test_html_aligns_text_left_and_numbers_right_and_runs_nothing():
    page = lxml.html.fromstring(html_table(table_of(publisher=["<script>x</script>"], gap=[1.5]).columns("en")))
    assert page.xpath("//script") == [] and page.xpath("//td/text()") == ["<script>x</script>", "1.5"]
    assert (
        page.xpath("//td/@style")
        == page.xpath("//th/@style")
        == [
            "text-align: left; white-space: nowrap",
            "text-align: right",
        ]
    )


def test_the_page_beside_the_files_names_vintage_seed_hash_and_every_table(tables, obs):
    origin = provenance(obs, [kt.preset("programme-mid")])
    page = about(list(tables.values()), origin, ["csv", "sdmx"], "en")
    assert str(origin.day) in page and "3299" in page and origin.data_hash in page and "LaTeX" not in page
    assert [name for name in tables if f"`{name}`" not in page] == []
