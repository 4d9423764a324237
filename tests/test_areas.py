"""The register of areas: counts, every spelling, refusals, and the way to the 40 units of July 2025."""

import unicodedata

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planting import cases

import kontum_analysis as kt
from kontum_analysis.data import areas

OLD = areas.register("2020", "commune")["code"].tolist()
NEW = areas.register("2025", "commune")["code"].tolist()
ROWS = {(row.vintage, row.code): row for row in areas.register().itertuples()}


def refusal(call, *args, **words):
    with pytest.raises(kt.KontumError) as error:
        call(*args, **words)
    assert error.value.in_language("vi")
    return error.value.in_language("en")


# --- what the register holds


def test_the_province_has_ten_districts_and_102_communes_of_three_types():
    communes = areas.register("2020", "commune")
    assert communes["type"].value_counts().to_dict() == {"xã": 85, "phường": 10, "thị trấn": 7}
    assert len(areas.districts()) == 10 and set(communes["parent_code"]) == set(areas.districts())
    assert [areas.area(code).name for code in areas.poor_districts()] == ["Kon Plông", "Tu Mơ Rông", "Ia H'Drai"]


def test_since_july_2025_there_are_forty_units_under_quang_ngai():
    units = areas.register("2025", "commune")
    assert units["type"].value_counts().to_dict() == {"xã": 37, "phường": 3} and set(units["parent_code"]) == {"51"}


def test_the_register_by_parent_counts_its_rows_anew():
    rows = areas.register("2020", "commune", "618")
    assert set(rows["parent_code"]) == {"618"} and rows.index.tolist() == [0, 1, 2]
    assert "index" not in rows.columns and len(areas.register(parent="618")) == 3


def test_what_is_not_in_the_register_is_refused_in_full():
    assert refusal(areas.register, "2024") == "vintage: found '2024'; one of 2020, 2025"
    assert refusal(areas.resolve, "Kon Plông", level="village").startswith("level: found 'village'; one of nation, ")
    assert refusal(areas.resolve, "Kon Plông", vintage="2024").startswith("vintage: found '2024'")
    assert refusal(areas.area, "999") == "no area has the code '999' in the register of 2020"


def test_areas_have_names_for_readers():
    assert areas.name_of("62") == {"vi": "Toàn tỉnh", "en": "Province"} and areas.area_name("617", "vi") == "Tu Mơ Rông"
    for code in [*areas.districts(), areas.POOR_DISTRICTS, areas.OTHER_DISTRICTS]:
        assert areas.area_name(code, "vi") and areas.area_name(code, "en")
    assert areas.area_name("23293", "vi", vintage="2025") == "Kon Tum"


# --- names


@pytest.mark.parametrize("vintage", ["2020", "2025"])
def test_every_spelling_leads_to_its_area_or_is_refused_as_ambiguous(vintage):
    wrong = []
    for row in areas.register(vintage).itertuples():
        for name in {row.name_vi, row.name_gso, row.name_ascii, *filter(None, row.aliases.split("|"))}:
            try:
                area = areas.resolve(name, vintage=vintage)
                is_right = area.code == row.code or areas._RANK[area.level] < areas._RANK[row.level]
            except kt.UnknownAreaError as error:
                is_right = "is ambiguous" in str(error) and row.code in str(error)
            wrong += [] if is_right else [(row.code, name)]
    assert wrong == []


@pytest.mark.parametrize("vintage", ["2020", "2025"])
def test_every_code_and_every_name_with_type_and_parent_leads_back_to_it(vintage):
    wrong = []
    for row in areas.register(vintage).itertuples():
        parent = ROWS.get((vintage, row.parent_code))
        names = [f"{row.type} {name}".strip() for name in (row.name_vi, row.name_gso, row.name_ascii)]
        if parent is not None and "," not in row.name_vi:  # a group whose name holds a comma stands alone
            names = [f"{name}, {f'{parent.type} {parent.name_vi}'.strip()}" for name in names]
        for name in {*names, unicodedata.normalize("NFD", names[0]), row.code}:
            wrong += [] if areas.resolve(name, vintage=vintage).code == row.code else [(row.code, name)]
    assert wrong == []


def test_spellings_met_in_the_wild_are_understood():
    spellings = [(case["name"], case["code"]) for case in cases("spellings")] + [(618, "618")]
    spellings.append((unicodedata.normalize("NFD", "Tu Mơ Rông"), "617"))
    assert [(name, areas.resolve(name).code) for name, code in spellings if areas.resolve(name).code != code] == []


def test_a_level_picks_among_areas_of_one_name_and_holds_a_code():
    assert areas.resolve("Kon Tum", level="district").code == "608"
    assert areas.resolve("Sa Thầy", level="commune").code == "23527"
    assert areas.resolve("613", level="district").name == "Kon Plông"
    assert "no area is called '613'" in refusal(areas.resolve, "613", level="commune")
    assert "ambiguous: " in refusal(areas.resolve, "Đăk Hà", level="commune")  # a town, and a commune of Tu Mơ Rông


def test_a_code_used_twice_is_told_apart_by_its_vintage():
    both = [areas.resolve("23476", vintage=vintage) for vintage in ("2020", "2025")]
    assert [(a.name, a.vintage, a.parent) for a in both] == [("Hiếu", "2020", "613"), ("Kon Plông", "2025", "51")]


BOTH = ["Bắc Giang", "Điện Biên", "Hòa Bình", "Kon Tum", "Lai Châu", "Lào Cai", "Quảng Ngãi", "Quảng Trị", "Sơn La"]


def test_a_name_of_a_province_and_of_its_city_means_the_province():
    for name in [*BOTH, "Thái Bình", "Yên Bái"]:
        province = areas.resolve(name)
        assert province.level == "province" and areas.resolve(name, level="district").parent == province.code
    assert (
        areas.resolve("TP. Lào Cai").code == areas.resolve("080").code == "080" and areas.area("01").type == "thành phố"
    )
    assert areas.resolve("Quảng Ngãi").code == "51" and areas.resolve("Quảng Ngãi sau sáp nhập").code == "51-2025"
    assert areas.resolve("Quảng Ngãi", vintage="2025").code == "51"  # the parent of the 40 units, without figures
    assert {areas.resolve(f"{word} An Khê").code for word in ("thị xã", "TX.", "thi xa")} == {"623"}
    assert areas.resolve("quận Thuận Hóa").code == areas.resolve("Thuan Hoa district").code


def test_an_ambiguous_name_is_told_in_full():
    assert refusal(areas.resolve, "Đăk Long") == (
        "'Đăk Long' is ambiguous: xã Đăk Long (23368), Đăk Glei; xã Đăk Long (23504), "
        "Đăk Hà. Add the parent, or give the code"
    )


NEAREST = {
    ("Kon Plôngg",): "huyện Kon Plông (613), Kon Tum; Các huyện nghèo tỉnh Kon Tum (62-POOR), Kon Tum; "
    "xã Kon Đào (23434), Đăk Tô",
    ("Kon Plôngg", "commune"): "xã Kon Đào (23434), Đăk Tô; xã Kroong (23314), Kon Tum; xã Pô Kô (23443), Đăk Tô",
    ("Kon Plôngg", None, "2025"): "xã Kon Plông (23476), Quảng Ngãi; xã Kon Đào (23430), Quảng Ngãi; "
    "xã Đăk Plô (23344), Quảng Ngãi",
    ("Đăk Blax",): "xã Đăk Blà (23323), Kon Tum; huyện Đăk Hà (615), Kon Tum; xã Đăk La (23524), Đăk Hà",
}


@pytest.mark.parametrize("query", NEAREST, ids=str)
def test_of_an_unknown_name_the_nearest_are_named_those_of_kon_tum_first(query):
    assert refusal(areas.resolve, *query) == f"no area is called {query[0]!r}; the nearest are {NEAREST[query]}"


@pytest.mark.parametrize(
    ("name", "nearest"), [("Tu Mo Rang", "Tu Mơ Rông"), ("Sa Thay huyen", "Sa Thầy"), ("huyện Kon Tum", "Kon Tum")]
)
def test_a_name_with_a_wrong_letter_or_type_is_refused_with_the_right_one(name, nearest):
    assert nearest in refusal(areas.resolve, name)


def test_what_is_no_name_at_all_is_refused():
    for name in ["", "   ", "-", ".", None, float("nan"), ",", "()", "xã", "TP.", "🙂"]:
        refusal(areas.resolve, name)
    assert refusal(areas.resolve, "-") == "'-' is no name of an area; write for example 'Kon Plông' or the code '613'"
    assert refusal(areas.resolve, "x" * 200).startswith(f"no area is called '{'x' * 200}'; the nearest are ")
    assert refusal(areas.resolve, "x" * 201) == (
        f"The name of an area has 201 characters, beginning with '{'x' * 40}'; at most 200 are allowed"
    )
    assert "no area is called 'Ở đâu'" in refusal(areas.resolve, "xã Đăk Cấm, Ở đâu")


def test_what_an_area_lies_in_is_listed_from_the_smallest():
    assert areas._above("23311", "2020") == ["608", "62", "VN-TN", "VN"]
    assert areas._above("VN", "2020") == areas._above("999", "2020") == []


@settings(max_examples=25)
@given(st.text(max_size=30))
def test_any_text_gives_an_area_or_an_unknown_area_error(text):
    try:
        assert ("2020", areas.resolve(text).code) in ROWS
    except kt.UnknownAreaError as error:
        assert str(error)


# --- to the 40 units of July 2025


def test_every_old_commune_goes_whole_into_one_of_the_forty_units():
    cross = areas.crosswalk()
    assert sorted(cross["old_code"]) == sorted(OLD) and sorted(set(cross["new_code"])) == sorted(NEW)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 10**12), min_size=204, max_size=204))
def test_totals_of_whole_numbers_are_conserved_exactly_by_year(counts):
    table = pd.DataFrame({"area": OLD * 2, "year": [2022] * 102 + [2023] * 102, "households": counts})
    before, result = table.copy(), areas.to_2025(table)
    pd.testing.assert_frame_equal(table, before)
    assert sorted(result["area"]) == sorted(NEW * 2) and result["households"].dtype == "int64"
    assert result.groupby("year")["households"].sum().tolist() == [sum(counts[:102]), sum(counts[102:])]


@pytest.mark.parametrize("column", ["year", "time", "time_period", "draw"])
def test_times_and_draws_are_keys_whatever_their_type(column):
    table = pd.DataFrame({"area": ["23281", "23287"] * 2, column: [2022, 2022, 2023, 2023], "households": [1, 2, 3, 4]})
    result = areas.to_2025(table)
    assert result[column].tolist() == [2022, 2023] and result["households"].tolist() == [3, 7]


def test_texts_and_flags_are_keys_and_names_are_left_out():
    table = pd.DataFrame({"code": ["23281", "23284", "23287", "23284"], "name": list("abcd")})
    table = table.assign(is_known=True, scenario=[None, "b", None, "a"], n=[1, 2, 3, 4])
    result = areas.to_2025(table)
    assert result.columns.tolist() == ["code", "is_known", "scenario", "n"] and result["n"].tolist() == [4, 2, 4]
    assert result["scenario"].isna().tolist() == [False, False, True]


def test_a_missing_count_makes_its_unit_missing_and_no_other():
    result = areas.to_2025(pd.DataFrame({"area": ["23281", "23287", "23284"], "households": [10, None, 5]}))
    assert result.set_index("area")["households"].isna().to_dict() == {"23284": False, "23293": True}


def test_the_long_form_of_the_observations_is_added_up_by_indicator():
    units = sorted(areas._COUNT_UNITS)
    table = pd.DataFrame({"ref_area": "23281", "area_name": "Quang Trung", "indicator": units, "unit_measure": units})
    table = pd.concat([table, table.assign(ref_area="23287")]).assign(obs_value=2.0)
    result = areas.to_2025(table)
    assert result.columns.tolist() == ["ref_area", "indicator", "unit_measure", "obs_value"]
    assert result["obs_value"].tolist() == [4.0] * len(units) and set(result["ref_area"]) == {"23293"}


REFUSED = [
    ({"area": list("7654321"), "n": 1}, "takes only the 102 communes of before July 2025; not one: 1, 2, 3, 4, 5"),
    *(({"area": [code], "n": 1}, "takes only the 102 communes") for code in ("617", "62", "", None, 23281.0)),
    ({"area": ["23281"], "rate": 1, "obs_value": 1}, "adds counts; these columns are no counts: rate, obs_value"),
    ({"ref_area": ["23281"], "obs_value": 15.3, "unit_measure": "percent"}, "adds counts; these columns are no "),
    *(({"area": ["23281"], c: 1}, f"these columns are no counts: {c}") for c in ("a_pct", "share", "q0.1", "mean_x")),
    ({"area": ["23281"], "pace_pp": 1}, "these columns are no counts: pace_pp"),
    ({"area": ["23281"], "x": "a"}, "found no column of counts to add; the columns are area, x"),
    ({"area": ["23281", "23281"], "n": 1}, ": commune 23281 stands twice under the same key"),
    ({"n": [1]}, "needs a column area, ref_area or code with the codes of old communes"),
]


@pytest.mark.parametrize("table, words", REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_added_up_is_refused_in_full(table, words):
    assert words in refusal(areas.to_2025, pd.DataFrame(table))
