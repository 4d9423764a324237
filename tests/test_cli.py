"""The command `kontum` as a user meets it."""

import subprocess
import sys

import pandas as pd
import pytest
from hostile import run

from kontum_analysis.base.words import LANGUAGES
from kontum_analysis.cli import main


def kontum(*words, cwd=None):
    code = "from kontum_analysis.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=120, cwd=cwd)


PACES = ["--province-pace", "3.5", "--poor-district-pace", "7", "--form", "linear", "--to", "2030"]


def test_project_prints_rates_and_quotas_in_vietnamese_and_says_whether_the_paces_fit():
    done = kontum("project", *PACES)
    assert done.returncode == 0 and done.stderr == ""
    assert "Toàn tỉnh" in done.stdout and "15,32" in done.stdout and "4.682" in done.stdout
    assert "3,01 điểm phần trăm" in done.stdout and "2025" in done.stdout


def test_project_speaks_english_and_writes_the_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, said = run(["project", *PACES, "--lang", "en", "--csv", "paths.csv"])
    assert status == 0 and "Province" in said and "15.32" in said and "4,682" in said
    table = pd.read_csv(tmp_path / "paths.csv", dtype={"area": str})
    assert set(table["area"]) >= {"62", "608", "618"} and table["year"].max() == 2030
    assert [p.name for p in tmp_path.iterdir()] == ["paths.csv"]


def test_project_takes_a_preset_a_file_and_a_vintage(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["project", "--scenario", "observed-pace"])[0] == 0
    assert run(["project", "--scenario", "programme-low", "--as-of", "2022-10-04", "--to", "2025"])[0] == 0
    (tmp_path / "mine.yaml").write_text("name: mine\nprovince_pace_pp: 2\npoor_district_pace_pp: 5\n", encoding="utf-8")
    assert run(["project", "--scenario", "mine.yaml"])[0] == 0


MISTAKES = [  # words of the command, what it says in Vietnamese, what it says in English
    (["project"], "cần --scenario", "give --scenario, or both --province-pace"),
    (
        ["project", "--province-pace", "99", "--poor-district-pace", "7"],
        "province_pace_pp (--province-pace): gặp 99.0; cần một số từ 0 đến 20",
        "province_pace_pp (--province-pace): found 99.0; a number from 0 to 20",
    ),
    (
        ["project", *PACES[:-3], "cubic"],
        "form (--form): gặp 'cubic'; chỉ nhận một trong 'linear', 'proportional'",
        "form (--form): found 'cubic'; one of 'linear', 'proportional', 'logistic', 'stock_flow'",
    ),
    (["project", "--scenario", "programe-mid"], "có phải là programme-mid", "did you mean programme-mid"),
    (["project", "--scenario", "nowhere"], "hiện có: programme-low", "there are programme-low"),
    (["project", "--scenario", "nowhere.yaml"], "không có tệp kịch bản này", "no such scenario file"),
    (
        ["project", *PACES, "--as-of", "yesterdayish"],
        "as_of (--as-of): 'yesterdayish' không phải là ngày",
        "YYYY-MM-DD",
    ),
    (
        ["project", *PACES, "--from", "2024"],
        "start (--from): gặp 2024; số liệu toàn tỉnh có từ năm 2021 đến 2023",
        "start (--from): found 2024; the province's count is known for 2021 to 2023",
    ),
    (
        ["project", *PACES, "--from", "2031"],
        "end (--to): gặp 2030; cần một năm sau start (--from), 2031",
        "end (--to): found 2030; a year after start (--from), 2031",
    ),
    (["project", *PACES, "--data", "nowhere"], "không có thư mục này", "no such folder"),
    (["project", *PACES, "--csv", "nowhere/a.csv"], "không có thư mục nowhere", "no folder nowhere"),
    (["data", "check", "."], "observations.csv: không có tệp", "observations.csv: found no file"),
    (["trace", "poverty_path"], "có phải là poverty_paths", "did you mean poverty_paths"),
    (
        ["trace", "Kon Plong", "poverty_rate", "2021"],
        "không có chỉ tiêu nào tên 'poverty_rate'",
        "did you mean poverty_rate_pct",
    ),
    (["map", "--boundaries", "a.geojson", "--out", "a.doc"], "cần tên kết thúc bằng .png", "ends with .png"),
]
UNREADABLE = [  # what no command can be read from: exit status 2
    (["project", *PACES, "--too", "2031"], "Không có tùy chọn --too; có phải là --to?", "did you mean --to?"),
    (["project", "--to", "soon"], "--to: cần một số nguyên", "--to: a whole number"),
    (
        ["project", "--floor", "a lot"],
        "--floor: cần một số, ví dụ 3.5",
        "--floor: a number such as 3.5 or 3,5; found 'a lot'",
    ),
    (["project", "--to"], "--to cần kèm theo một giá trị", "--to needs a value"),
    (["projekt"], "có phải là project?", "did you mean project?"),
    (["map"], "Thiếu --boundaries", "--boundaries is missing"),
    (["trace"], "Thiếu WORDS", "WORDS is missing"),
]


def said_by(capsys, words):
    """Exit status and message of a command that fails; standard output stays empty."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as end:
        patch.setattr(sys, "argv", ["kontum", *words])
        main()
    out, err = capsys.readouterr()
    assert out == "" and "Traceback" not in err
    return end.value.code, " ".join(err.split())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "status, words, said",
    [(1, words, said) for words, *said in MISTAKES] + [(2, words, said) for words, *said in UNREADABLE],
)
def test_a_mistake_ends_with_one_message_in_the_language_asked_for(
    capsys, tmp_path, monkeypatch, status, words, said, lang
):
    monkeypatch.chdir(tmp_path)
    code, message = said_by(
        capsys, [words[0], "--lang", lang, *words[1:]] if words[0] not in ("data", "projekt") else words
    )
    if words[0] in ("data", "projekt"):  # a language stands after the command
        code, message = said_by(capsys, [*words, "--lang", lang])
    assert code == status
    assert said[LANGUAGES.index(lang)] in message
    assert list(tmp_path.iterdir()) == []


def test_a_language_that_does_not_exist_is_named_in_vietnamese(capsys):
    code, message = said_by(capsys, ["project", *PACES, "--lang", "fr"])
    assert code == 1 and "--lang: gặp 'fr'; chỉ nhận một trong vi, en" in message


def test_a_mistake_in_a_scenario_file_names_its_key_and_the_option(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "name: mine\nprovince_pace_pp: 2\npoor_district_pace_pp: 5\nend: 2020\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert (
        "end (--to): found 2020; at least 2021"
        in said_by(capsys, ["project", "--scenario", "mine.yaml", "--lang", "en"])[1]
    )
    (tmp_path / "mine.yaml").write_text(text.replace("2020", "2025"), encoding="utf-8")
    words = ["project", "--scenario", "mine.yaml", "--lang", "en", "--from", "2026"]
    assert "end (--to): found 2025; a year after start (--from), 2026" in said_by(capsys, words)[1]


def test_a_mistake_ends_the_command_itself_without_a_traceback(tmp_path):
    done = kontum("project", "--scenario", "nowhere", cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == "" and done.stderr.startswith("Không có kịch bản nào tên 'nowhere'")
    assert kontum().returncode == 2


def test_data_check_says_that_the_committed_data_are_sound():
    assert "13" in kontum("data", "check").stdout


def test_help_is_in_both_languages():
    said = " ".join(kontum("--help").stdout.split())
    assert "lộ trình giảm nghèo" in said and "poverty paths" in said
