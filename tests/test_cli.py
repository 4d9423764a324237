"""The command `kontum` as a user meets it: what it prints, what it writes, and one message for each mistake."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hostile import run

from kontum_analysis.base.words import LANGUAGES

PACES = ["--province-pace", "3.5", "--poor-district-pace", "7", "--form", "linear", "--to", "2030"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def kontum(*words):
    code = "from kontum_analysis.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=120)


def test_project_prints_rates_quotas_and_whether_the_paces_fit():
    paces = [*PACES, "--from", "2021"]
    status, printed = run(["project", *paces])
    assert status == 0 and "Toàn tỉnh" in printed and "15,32" in printed and "4.682" in printed
    assert "3,01 điểm phần trăm" in printed and "2025" in printed
    status, printed = run(["project", *paces, "--lang", "en", "--csv", "paths.csv"])
    assert status == 0 and "Province" in printed and "15.32" in printed and "4,682" in printed
    table = pd.read_csv("paths.csv", dtype={"area": str})
    assert set(table["area"]) >= {"62", "608", "618"} and table["year"].max() == 2030
    assert os.listdir() == ["paths.csv"]


def test_the_table_alone_goes_to_standard_output():
    result = kontum("project", *PACES, "--from", "2021", "--csv", "-")
    assert result.returncode == 0 and "Toàn tỉnh" in result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith("scenario,area,") and len(lines) == 1 + 11 * 10 and os.listdir() == []


def test_project_takes_shipped_saved_and_written_scenarios(tmp_path, monkeypatch):
    monkeypatch.setenv("KONTUM_DATA", str(tmp_path / "own"))
    status, printed = run(["project", "--scenario", "programme-low", "--as-of", "2022-10-04", "--to", "2025"])
    assert status == 0 and "programme-low: có sẵn trong dự án" in printed
    assert run(["project", *PACES, "--save", "my-pace"])[0] == 0
    status, printed = run(["project", "--scenario", "my-pace", "--lang", "en"])
    assert status == 0 and "my-pace: your file" in printed and "programme" not in printed
    text = "name: mine\nprovince_pace_pp: 2\npoor_district_pace_pp: 5\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    status, printed = run(["project", "--scenario", "mine.yaml", "--lang", "en"])
    assert status == 0 and "mine: your file" in printed and "mine.yaml" in printed


def test_a_file_changed_since_it_was_written_is_kept():
    words = ["project", *PACES, "--csv", "a.csv"]
    assert run(words)[0] == run([*words, "--from", "2022"])[0] == 0, "what nobody changed is replaced"
    file = Path("a.csv")
    file.write_bytes(file.read_bytes() + b"my note\n")
    status, printed = run([*words, "--lang", "en"])
    assert status == 1 and "a.csv: this file is there" in printed and "a-2.csv" in printed
    assert file.read_bytes().endswith(b"my note\n")
    assert run([*words, "--overwrite"])[0] == 0 and not file.read_bytes().endswith(b"my note\n")


def test_a_pipe_or_a_device_is_refused_by_name():
    os.mkfifo("pipe")
    status, printed = run(["project", *PACES, "--csv", "pipe"])
    assert status == 1 and "pipe" in printed and "đường ống" in printed


def test_about_and_version_name_no_user_host_or_path():
    status, printed = run(["about", "--lang", "en"])
    assert status == 0 and printed.startswith("kontum ") and "pandas: " in printed and "SHA-256" in printed
    assert [word for word in (os.uname().nodename, os.path.expanduser("~"), "/") if word in printed] == []
    assert run(["--version"]) == (0, printed.splitlines()[0] + "\n")


MISTAKES = [  # words of the command, what it says in Vietnamese, what it says in English
    (["project"], "cần --scenario", "give --scenario, or both --province-pace"),
    (
        ["project", "--province-pace", "99", "--poor-district-pace", "7"],
        "gặp 99.0; cần một số từ 0 đến 20",
        "found 99.0",
    ),
    (["project", *PACES[:-3], "cubic"], "gặp 'cubic'; chỉ nhận một trong 'linear'", "found 'cubic'; one of 'linear'"),
    (["project", "--scenario", "programe-mid"], "có phải là programme-mid", "did you mean programme-mid"),
    (["project", "--scenario", "nowhere"], "hiện có: programme-low", "there are programme-low"),
    (["project", "--scenario", "nowhere.yaml"], "không có tệp kịch bản này", "no such scenario file"),
    (["project", *PACES, "--as-of", "yesterdayish"], "'yesterdayish' không phải là ngày", "YYYY-MM-DD"),
    (["project", *PACES, "--from", "2025"], "gặp 2025; số liệu toàn tỉnh có từ năm 2021 đến 2024", "found 2025"),
    (["project", *PACES, "--from", "2031"], "gặp 2030; cần một năm sau", "found 2030; a year after"),
    (["project", *PACES, "--data", "nowhere"], "không có thư mục này", "no such folder"),
    (["project", *PACES, "--csv", "nowhere/a.csv"], "không có thư mục nowhere", "no folder nowhere"),
    (["project", *PACES, "--save", "../x"], "chỉ dùng chữ thường", "small letters"),
    (["data", "check", "."], "observations.csv: không có tệp", "observations.csv: found no file"),
    (["trace", "poverty_path"], "có phải là poverty_paths", "did you mean poverty_paths"),
    (
        ["trace", "Kon Plong", "poverty", "2021"],
        "không có chỉ tiêu nào tên 'poverty'",
        "no indicator is called 'poverty'",
    ),
    (["map", "--boundaries", "a.geojson", "--out", "a.doc"], "cần tên kết thúc bằng .png", "ends with .png"),
]
UNREADABLE = [  # what no command can be read from: exit status 2
    (["project", *PACES, "--too", "2031"], "Không có tùy chọn --too; có phải là --to?", "did you mean --to?"),
    (["project", "--to", "soon"], "--to: cần một số nguyên", "--to: a whole number"),
    (["project", "--floor", "a lot"], "--floor: cần một số, ví dụ 3.5", "--floor: a number such as 3.5 or 3,5"),
    (["project", "--to"], "--to cần kèm theo một giá trị", "--to needs a value"),
    (["projekt"], "có phải là project?", "did you mean project?"),
    (["map"], "Thiếu --boundaries", "--boundaries is missing"),
    (["trace"], "Thiếu WORDS", "WORDS is missing"),
    (
        ["report", "--area", "Kon", "Rẫy"],
        "Thừa từ 'Rẫy' trong lệnh; tên có dấu cách",
        "'Rẫy' are too many; a name with",
    ),
    (["report", "--overwrite=3"], "--overwrite không nhận giá trị", "--overwrite takes no value"),
]


def test_a_mistake_ends_with_one_message_in_the_language_asked_for():
    wrong = []
    for right_status, mistakes in ((1, MISTAKES), (2, UNREADABLE)):
        for words, *meanings in mistakes:
            for lang, meaning in zip(LANGUAGES, meanings, strict=True):
                place = 1 if words[0] not in ("data", "projekt") else len(words)  # a language stands after the command
                status, printed = run([*words[:place], "--lang", lang, *words[place:]])
                if status != right_status or meaning not in " ".join(printed.split()) or "Traceback" in printed:
                    wrong.append((words, lang, status, printed))
    assert wrong == [] and os.listdir() == []
    assert "chỉ nhận một trong vi, en" in run(["project", *PACES, "--lang", "fr"])[1]


def test_a_scenario_file_is_named_with_its_key_and_the_option(tmp_path):
    text = "name: mine\nprovince_pace_pp: 2\npoor_district_pace_pp: 5\nend: 2020\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert "found 2020; at least 2021" in run(["project", "--scenario", "mine.yaml", "--lang", "en"])[1]
    (tmp_path / "mine.yaml").write_text(text.replace("2020", "2025"), encoding="utf-8")
    printed = run(["project", "--scenario", "mine.yaml", "--lang", "en", "--from", "2026"])[1]
    assert "found 2025; a year after" in printed and "--to" in printed


def test_a_mistake_ends_the_command_itself_without_a_traceback():
    result = kontum("project", "--scenario", "nowhere")
    assert result.returncode == 1 and result.stdout == ""
    assert result.stderr.startswith("Không có kịch bản nào tên 'nowhere'")
    assert kontum().returncode == 2


def test_data_check_says_that_the_committed_data_are_sound():
    assert "15" in run(["data", "check"])[1]
