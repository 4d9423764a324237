"""The command `kontum` as a user meets it."""

import subprocess
import sys

import pandas as pd
import pytest


def kontum(*words, cwd=None):
    code = "from kontum_analysis.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=120, cwd=cwd)


PACES = ["--province-pace", "3.5", "--poor-district-pace", "7", "--form", "linear", "--to", "2030"]


def test_project_prints_rates_and_quotas_in_vietnamese_and_says_whether_the_paces_fit():
    done = kontum("project", *PACES)
    assert done.returncode == 0 and done.stderr == ""
    assert "Toàn tỉnh" in done.stdout and "15,32" in done.stdout and "4.682" in done.stdout
    assert "3,01 điểm phần trăm" in done.stdout and "2025" in done.stdout


def test_project_speaks_english_and_writes_the_table(tmp_path):
    done = kontum("project", *PACES, "--lang", "en", "--csv", "paths.csv", cwd=tmp_path)
    assert "Province" in done.stdout and "15.32" in done.stdout and "4,682" in done.stdout
    table = pd.read_csv(tmp_path / "paths.csv", dtype={"area": str})
    assert set(table["area"]) >= {"62", "608", "618"} and table["year"].max() == 2030
    assert [p.name for p in tmp_path.iterdir()] == ["paths.csv"]


def test_project_takes_a_preset_a_file_and_a_vintage(tmp_path):
    assert kontum("project", "--scenario", "observed-pace").returncode == 0
    assert kontum("project", "--scenario", "programme-low", "--as-of", "2022-10-04", "--to", "2025").returncode == 0
    (tmp_path / "mine.yaml").write_text("name: mine\nprovince_pace_pp: 2\npoor_district_pace_pp: 5\n", encoding="utf-8")
    assert kontum("project", "--scenario", "mine.yaml", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    "words, said",
    [
        (["project"], "--province-pace"),
        (["project", "--province-pace", "99", "--poor-district-pace", "7"], "from 0 to 20"),
        (["project", *PACES[:-3], "cubic"], "'linear', 'proportional', 'logistic' or 'stock_flow'"),
        (["project", "--scenario", "nowhere"], "programme-low"),
        (["project", "--scenario", "nowhere.yaml"], "no such scenario file"),
        (["project", *PACES, "--lang", "fr"], "một trong vi, en"),
        (["project", *PACES, "--as-of", "yesterdayish"], "YYYY-MM-DD"),
        (["project", *PACES, "--from", "2024"], "known for 2021 to 2023"),
        (["project", *PACES, "--data", "nowhere"], "no such folder"),
        (["data", "check", "."], "observations.csv"),
    ],
)
def test_a_mistake_ends_with_one_message_and_no_traceback(words, said, tmp_path):
    done = kontum(*words, cwd=tmp_path)
    assert done.returncode == 1
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr + done.stdout
    assert list(tmp_path.iterdir()) == []


def test_data_check_says_that_the_committed_data_are_sound():
    assert "13" in kontum("data", "check").stdout


def test_help_is_in_both_languages():
    said = " ".join(kontum("--help").stdout.split())
    assert "lộ trình giảm nghèo" in said and "poverty paths" in said
