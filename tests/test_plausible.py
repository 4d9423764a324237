"""What is doubtful in a table is shown with the earlier figure, and written only with --yes."""

import pytest
from corpus.write import written_by_xlsxwriter
from hostile import run

from kontum_analysis.data.areas import register
from kontum_analysis.offices import store
from kontum_analysis.offices.journal import imports

HEAD = ["STT", "Đơn vị", "Tổng số hộ", "Hộ nghèo"]
GIVEN = dict(office="Phòng Lao động", document="01/BC", date="15/01/2025", year=2024)
KON_RAY, GLEI = [1, "Kon Rẫy", 7900, 1000], [2, "Đăk Glei", 13500, 1500]


@pytest.fixture
def planned(tmp_path):
    """A function that plans the import of rows into the folder of this test."""

    def plan(*rows, title=(), **options):
        path = written_by_xlsxwriter(tmp_path / "a.xlsx", {"Biểu": [*title, HEAD, *rows]})
        return store.plan_import(path, user=tmp_path / "kho", **{**GIVEN, **options})

    return plan


def keys(plan):
    return [doubt.key.removeprefix("own.doubt.") for doubt in plan.doubts]


def test_an_ordinary_table_leaves_no_doubt(planned):
    assert keys(planned(KON_RAY, GLEI, [None, "Tổng cộng", 21400, 2500])) == []


def test_the_communes_that_a_district_lacks_are_named_before_anything_is_written(planned):
    names = register("2020", "commune", parent="614")["name_vi"]
    rows = [[n, name, 1000, 100] for n, name in enumerate(names, 1)]
    assert "incomplete" not in keys(planned(*rows))
    assert "incomplete" not in keys(planned(rows[0])), "a commune's own row is no list of a district"
    (doubt,) = (doubt for doubt in planned(*rows[:-1]).doubts if doubt.key == "own.doubt.incomplete")
    assert (doubt.values["count"], doubt.values["total"]) == (len(rows) - 1, len(rows))
    assert names.iloc[-1] in doubt.in_language("vi") and "Kon Rẫy" in doubt.in_language("vi")


def test_communes_that_add_up_to_another_district_are_told_with_its_last_figures(planned):
    names = register("2020", "commune", parent="614")["name_vi"]

    def sums(households, poor, **options):
        rows = [[n, name, households, poor] for n, name in enumerate(names, 1)]
        return [doubt for doubt in planned(*rows, **options).doubts if doubt.key.startswith("own.doubt.district")]

    assert sums(1080, 100) == [] == sums(1080, 100, year=2021, date="15/01/2022"), "nothing is known before 2021"
    (many,), (poor,) = sums(10800, 1000), sums(1080, 700)
    assert many.key == "own.doubt.district_households" and many.values["new"] == 10800 * len(names)
    assert 7000 < many.values["old"] < 8000 and many.values["day"] == 2023
    assert poor.key == "own.doubt.district_rate" and round(poor.values["new"]) == 65


def test_a_rate_beyond_every_published_change_is_told_with_the_earlier_one(planned):
    plan = planned([1, "Kon Rẫy", 7900, 5500])
    assert keys(plan) == ["rate"] and {"new", "old", "day", "most"} <= set(plan.doubts[0].values)
    assert "Kon Rẫy" in plan.doubts[0].in_language("vi") and "69,62%" in plan.doubts[0].in_language("vi")


def test_ten_times_the_households_are_told_with_the_earlier_number(planned):
    store.store(planned(KON_RAY, year=2023, date="15/01/2024"))
    plan = planned([1, "Kon Rẫy", 79000, 10000])
    assert keys(plan) == ["households"]
    assert plan.doubts[0].values["old"] == 7580  # published for June 2024, later than the 7,900 taken in for 2023


def test_more_poor_than_the_households_known_is_told(planned, tmp_path):
    store.store(planned([1, "Xã Đăk Kôi", 900, 100], year=2023, date="15/01/2024"))
    path = written_by_xlsxwriter(tmp_path / "b.xlsx", {"Biểu": [["Tên xã", "Hộ nghèo"], ["Đăk Kôi", 950]]})
    plan = store.plan_import(path, user=tmp_path / "kho", **GIVEN)
    assert "more_poor" in keys(plan)


def test_a_commune_that_was_there_last_year_and_is_gone_is_named(planned):
    rows = [1, "Xã Đăk Kôi", 900, 100], [2, "Xã Tân Lập", 800, 80]
    store.store(planned(*rows, year=2023, date="15/01/2024"))
    plan = planned(rows[0])
    assert keys(plan) == ["missing"] and "Tân Lập" in plan.doubts[0].in_language("vi")


def test_a_document_older_than_the_one_it_replaces_is_told(planned):
    store.store(planned(KON_RAY, date="20/02/2025"))
    assert keys(planned([1, "Kon Rẫy", 7900, 999], document="00/BC")) == ["older"]


def test_a_total_that_does_not_agree_and_another_year_in_the_title_are_told(planned):
    plan = planned(KON_RAY, GLEI, [None, "Tổng cộng", 21401, 2500], title=[["KẾT QUẢ RÀ SOÁT NĂM 2023"]])
    assert keys(plan) == ["total", "year"] and plan.doubts[0].values["added"] == 21400


def test_the_rate_of_a_total_that_its_own_counts_do_not_give_is_told(tmp_path):
    head, rows = [*HEAD, "Tỷ lệ hộ nghèo (%)"], [[*KON_RAY, None], [*GLEI, None]]
    keys_of = {}
    for rate in (11.68, 9.42):  # 2,500 of 21,400 are 11.68 %
        table = [head, *rows, [None, "Tổng cộng", 21400, 2500, rate]]
        path = written_by_xlsxwriter(tmp_path / "a.xlsx", {"Biểu": table})
        keys_of[rate] = keys(store.plan_import(path, user=tmp_path / "kho", **GIVEN))
    assert keys_of == {11.68: [], 9.42: ["total_rate"]}


def test_households_that_came_and_left_do_not_make_the_end_of_the_year(tmp_path):
    """790 at the beginning, 24 new, 234 left: 580."""
    head = [*HEAD, "Hộ nghèo đầu năm", "Phát sinh", "Thoát nghèo"]
    keys_of = {}
    for poor in (580, 500):
        path = written_by_xlsxwriter(tmp_path / "a.xlsx", {"Biểu": [head, [1, "Kon Rẫy", 7900, poor, 790, 24, 234]]})
        plan = store.plan_import(path, user=tmp_path / "kho", **GIVEN)
        keys_of[poor] = keys(plan)
    assert keys_of == {580: [], 500: ["balance"]}
    assert plan.doubts[0].values["computed"] == 580 and "790" in plan.doubts[0].in_language("vi")


def test_a_first_list_of_communes_with_one_ten_times_too_many_is_told(tmp_path):
    """Kon Rẫy had 574 poor and 598 near-poor households when they were last published; nothing is known by commune."""
    names = list(register("2020", "commune", parent="614")["name_vi"])
    head, keys_of = [*HEAD, "Hộ cận nghèo"], {}
    for poor, near in ((100, 90), (900, 90)):
        rows = [[n, name, 1080, 70, 90] for n, name in enumerate(names[1:], 2)]
        path = written_by_xlsxwriter(tmp_path / "a.xlsx", {"Biểu": [head, [1, names[0], 1080, poor, near], *rows]})
        keys_of[poor, near] = keys(store.plan_import(path, user=tmp_path / "kho", **GIVEN))
    assert ["highest" in of_table for of_table in keys_of.values()] == [False, True]
    for factor, is_told in ((1, False), (10, True)):
        rows = [[n, name, 1080, 70, 90 * factor] for n, name in enumerate(names, 1)]
        path = written_by_xlsxwriter(tmp_path / "a.xlsx", {"Biểu": [head, *rows]})
        plan = store.plan_import(path, user=tmp_path / "kho", **GIVEN)
        doubts = [doubt for doubt in plan.doubts if doubt.key == "own.doubt.near_poor"]
        sums = [doubt.values["new"] for doubt in doubts if doubt.values["area"] == "Kon Rẫy"]
        assert sums == [900 * len(names)] * is_told


def test_a_doubtful_table_is_written_only_with_yes(tmp_path, monkeypatch):
    monkeypatch.setenv("KONTUM_DATA", str(tmp_path / "kho"))
    path = written_by_xlsxwriter(tmp_path / "a.xlsx", {"Biểu": [HEAD, [1, "Kon Rẫy", 7900, 5500]]})
    words = ["data", "import", str(path), "--office", "x", "--document", "1", "--date", "15/01/2025", "--year", "2024"]
    status, output = run([*words, "--dry-run"])
    assert status == 0 and "Cần xem lại (1)" in output and "--yes" in output
    status, output = run(words)
    assert status == 1 and "Chưa ghi gì" in output and imports(tmp_path / "kho") == []
    status, output = run([*words, "--yes"])
    assert status == 0 and "dù có 1 điểm cần xem lại" in output and len(imports(tmp_path / "kho")) == 1
    assert run(["data", "imports"])[1].count("01/BC") == 0 and "15/01/2025" in run(["data", "imports"])[1]
    status, output = run(["data", "undo", "1", "--lang", "en"])
    assert status == 0 and "Import 1 was taken out" in output and imports(tmp_path / "kho") == []
    assert run(["data", "undo"])[0] == 1


def test_undo_without_a_number_shows_the_last_import_and_asks(planned, tmp_path, monkeypatch):
    monkeypatch.setenv("KONTUM_DATA", str(tmp_path / "kho"))
    store.store(planned(KON_RAY))
    status, output = run(["data", "undo"])  # nobody can be asked
    assert status == 1 and "--yes" in output and "Lần nhập cuối là số 1" in output
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    counts = []
    for answer in ("k", "c"):
        monkeypatch.setattr("typer.prompt", lambda question, answer=answer: answer)
        run(["data", "undo"])
        counts.append(len(imports(tmp_path / "kho")))
    assert counts == [1, 0]
    store.store(planned(KON_RAY))
    assert run(["data", "undo", "--yes"])[0] == 0 and imports(tmp_path / "kho") == []
