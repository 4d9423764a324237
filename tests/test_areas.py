"""The register of areas: counts, every spelling, refusals, and the way to the 40 units of July 2025."""

import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kontum_analysis as kt
from kontum_analysis.data import areas

OLD = areas.register("2020", "commune")["code"].tolist()
NEW = areas.register("2025", "commune")["code"].tolist()


def spellings(row):
    return {row.name_vi, row.name_gso, row.name_ascii, *filter(None, row.aliases.split("|"))}


ROWS = {(row.vintage, row.code): row for row in areas.register().itertuples()}


# --- what the register holds


def test_the_province_has_ten_districts_and_102_communes_of_three_types():
    assert len(areas.districts()) == 10
    communes = areas.register("2020", "commune")
    assert communes["type"].value_counts().to_dict() == {"xã": 85, "phường": 10, "thị trấn": 7}
    assert set(communes["parent_code"]) == set(areas.districts())


def test_since_july_2025_there_are_forty_units_under_quang_ngai():
    units = areas.register("2025", "commune")
    assert len(units) == 40
    assert units["type"].value_counts().to_dict() == {"xã": 37, "phường": 3}
    assert set(units["parent_code"]) == {"51"}


def test_three_districts_are_poor_districts():
    assert [areas.area(code).name for code in areas.poor_districts()] == ["Kon Plông", "Tu Mơ Rông", "Ia H'Drai"]


def test_a_code_outside_the_register_is_refused():
    with pytest.raises(kt.UnknownAreaError, match="'999'"):
        areas.area("999")


@pytest.mark.parametrize("wanted", [{"vintage": "2024"}, {"level": "village"}])
def test_a_vintage_or_level_that_does_not_exist_is_refused_by_name(wanted):
    with pytest.raises(kt.KontumError, match="2020|district"):
        areas.register(**wanted)
    with pytest.raises(kt.KontumError, match="2020|district"):
        areas.resolve("Kon Plông", **wanted)


def test_the_register_by_parent_counts_its_rows_anew_and_refuses_in_full():
    found = areas.register("2020", "commune", "618")
    assert set(found["parent_code"]) == {"618"} and found.index.tolist() == [0, 1, 2]
    assert "index" not in found.columns and len(areas.register(parent="618")) == 3
    with pytest.raises(kt.KontumError) as error:
        areas.register("2024")
    assert error.value.in_language("en") == "vintage: found '2024'; one of 2020, 2025"


# --- names


@pytest.mark.parametrize("vintage", ["2020", "2025"])
def test_every_spelling_leads_to_its_area_or_is_refused_as_ambiguous(vintage):
    for row in areas.register(vintage).itertuples():
        for spelling in spellings(row):
            try:
                found = areas.resolve(spelling, vintage=vintage)
            except kt.UnknownAreaError as error:
                assert "ambiguous" in str(error) and row.code in str(error), spelling
            else:
                higher = areas._RANK[found.level] < areas._RANK[row.level]
                assert found.code == row.code or higher, spelling


@pytest.mark.parametrize("vintage", ["2020", "2025"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_name_with_its_type_and_parent_leads_back_to_its_code(vintage, form):
    for row in areas.register(vintage).itertuples():
        parent = ROWS.get((vintage, row.parent_code))
        for name in (row.name_vi, row.name_gso, row.name_ascii) if form == "NFC" else (row.name_vi,):
            full = f"{row.type} {name}".strip()
            if parent is not None and "," not in name:  # a group whose name holds a comma stands alone
                full += f", {parent.type} {parent.name_vi}".replace(",  ", ", ")
            full = unicodedata.normalize(form, full)
            assert areas.resolve(full, vintage=vintage).code == row.code, full


def test_every_code_leads_to_itself():
    for vintage in ("2020", "2025"):
        for code in areas.register(vintage)["code"]:
            assert areas.resolve(code, vintage=vintage).code == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Đăk Glei", "610"),
        ("Đắk Glei", "610"),
        ("Dak Glei", "610"),
        ("dak glei", "610"),
        ("ĐĂK GLEI", "610"),
        ("Dakglei", "610"),
        ("huyện Đăk Glei", "610"),
        ("Huyện Đắk Glei", "610"),
        ("H. Đăk Glei", "610"),
        ("huyen Dak Glei", "610"),
        ("Dak Glei district", "610"),
        ("Dak Glei District", "610"),
        ("Ia H'Drai", "618"),
        ("Ia H’Drai", "618"),
        ("Ia H‘Drai", "618"),
        ("Ia HʼDrai", "618"),
        ("Ia H`Drai", "618"),
        ("Ia Hdrai", "618"),
        ("Ia H' Drai", "618"),
        ("IaH'Drai", "618"),
        ("Kon Tum", "62"),
        ("KonTum", "62"),
        ("tỉnh Kon Tum", "62"),
        ("Kon Tum province", "62"),
        ("TP. Kon Tum", "608"),
        ("TP Kon Tum", "608"),
        ("Tp.Kon Tum", "608"),
        ("thành phố Kon Tum", "608"),
        ("Thanh pho Kon Tum", "608"),
        ("Kon Tum city", "608"),
        ("Kon Tum (city)", "608"),
        ("Kon Tum, thành phố", "608"),
        ("Kon Plong", "613"),
        ("Konplong", "613"),
        ("  Kon   Plông ", "613"),
        ("Kon\u00a0Plông", "613"),
        ("Tumơrông", "617"),
        ("Tu Mo Rong", "617"),
        (unicodedata.normalize("NFD", "Tu Mơ Rông"), "617"),
        ("Đăk Hà", "615"),
        ("thị trấn Đăk Hà", "23500"),
        ("TT. Đăk Hà", "23500"),
        ("Dak Ha town", "23500"),
        ("Đăk Hà (thị trấn)", "23500"),
        ("P. Quang Trung", "23281"),
        ("phường Quang Trung", "23281"),
        ("Đăk Long, Đăk Glei", "23368"),
        ("Đăk Long (Đăk Hà)", "23504"),
        ("xã Đăk Long, huyện Đăk Hà", "23504"),
        ("xã Đăk Long, huyện Đăk Glei, tỉnh Kon Tum", "23368"),
        (618, "618"),
    ],
)
def test_spellings_met_in_the_wild(name, code):
    assert areas.resolve(name).code == code


def test_the_parent_after_a_name_may_be_any_area_above_it():
    assert areas.resolve("xã Đăk Cấm, Kon Tum").code == "23311"  # "Kon Tum" alone means the province
    assert areas.resolve("Đăk Cấm, TP. Kon Tum").code == "23311"


def test_a_name_that_holds_a_comma_or_brackets_of_its_own_is_found_whole():
    assert areas.resolve("Hai huyện nghèo 30a (Tu Mơ Rông, Kon Plông)").code == "62-30A"
    assert areas.resolve("Kon Plông, Tu Mơ Rông, Ia H'Drai").code == "62-POOR"


def test_a_level_picks_among_areas_of_one_name():
    assert areas.resolve("Kon Tum", level="district").code == "608"
    assert areas.resolve("Sa Thầy", level="commune").code == "23527"
    with pytest.raises(kt.UnknownAreaError, match="ambiguous.*23500"):
        areas.resolve("Đăk Hà", level="commune")  # the town of the district, and a commune of Tu Mơ Rông


def test_a_code_is_held_to_its_level_and_a_code_used_twice_to_its_vintage():
    assert areas.resolve("613", level="district").name == "Kon Plông"
    with pytest.raises(kt.UnknownAreaError, match="no area is called '613'"):
        areas.resolve("613", level="commune")
    found = [areas.resolve("23476", vintage=vintage) for vintage in ("2020", "2025")]
    assert [(a.name, a.vintage, a.parent) for a in found] == [("Hiếu", "2020", "613"), ("Kon Plông", "2025", "51")]


def test_an_ambiguous_name_is_told_in_full():
    with pytest.raises(kt.UnknownAreaError) as error:
        areas.resolve("Đăk Long")
    assert error.value.in_language("en") == (
        "'Đăk Long' is ambiguous: xã Đăk Long (23368), Đăk Glei; xã Đăk Long (23504), "
        "Đăk Hà. Add the parent, or give the code"
    )


def test_an_ambiguous_name_is_refused_and_its_bearers_are_named():
    with pytest.raises(kt.UnknownAreaError, match="ambiguous.*23368.*Đăk Glei.*23504.*Đăk Hà"):
        areas.resolve("Đăk Long")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Kon Plôngg", "Kon Plông"),
        ("Tu Mo Rang", "Tu Mơ Rông"),
        ("Sa Thay huyen", "Sa Thầy"),
        ("Dak Gley", "Đăk Glei"),
        ("huyện Kon Tum", "Kon Tum"),
    ],
)
def test_an_unknown_name_is_refused_and_the_nearest_are_named(name, nearest):
    with pytest.raises(kt.UnknownAreaError) as error:
        areas.resolve(name)
    assert repr(name) in str(error.value) and nearest in str(error.value)


NEAREST = [
    (
        ("Kon Plôngg",),
        "huyện Kon Plông (613), Kon Tum; Các huyện nghèo tỉnh Kon Tum (62-POOR), Kon Tum; xã Kon Đào (23434), Đăk Tô",
    ),
    (("Kon Plôngg", "commune"), "xã Kon Đào (23434), Đăk Tô; xã Kroong (23314), Kon Tum; xã Pô Kô (23443), Đăk Tô"),
    (
        ("Kon Plôngg", None, "2025"),
        "xã Kon Plông (23476), Quảng Ngãi; xã Kon Đào (23430), Quảng Ngãi; xã Đăk Plô (23344), Quảng Ngãi",
    ),
    (("Đăk Blax",), "xã Đăk Blà (23323), Kon Tum; tỉnh Đắk Lắk (66), Tây Nguyên; xã Đăk La (23524), Đăk Hà"),
    (("Việt Namm",), "Việt Nam (VN); Đồng bào Rơ Măm (62-ROMAM), Kon Tum; xã Vinh Quang (23320), Kon Tum"),
]


@pytest.mark.parametrize("asked, nearest", NEAREST)
def test_the_three_nearest_are_named_with_their_parents_and_of_equally_near_ones_the_larger_first(asked, nearest):
    with pytest.raises(kt.UnknownAreaError) as error:
        areas.resolve(*asked)
    assert error.value.in_language("en") == f"no area is called {asked[0]!r}; the nearest are {nearest}"


@pytest.mark.parametrize(
    "name, code", [("Sa Thầy (huyện)", "616"), ("Đăk Cấm (xã)", "23311"), ("Quang Trung, phường", "23281")]
)
def test_the_type_may_stand_after_the_name(name, code):
    assert areas.resolve(name).code == code


def test_a_folded_name_is_found_whole_and_after_its_type():
    assert areas.resolve("Kon Plong, Tu Mo Rong, Ia HDrai").code == "62-POOR"
    assert areas.resolve("huyện KonPlông").code == "613"


def test_a_name_of_the_longest_length_is_looked_for_and_a_longer_one_and_none_are_told_in_full():
    for name, told in (
        ("x" * 200, f"no area is called '{'x' * 200}'; the nearest are "),
        ("x" * 201, f"The name of an area has 201 characters, beginning with '{'x' * 40}'; at most 200 are allowed"),
        ("-", "'-' is no name of an area; write for example 'Kon Plông' or the code '613'"),
    ):
        with pytest.raises(kt.UnknownAreaError) as error:
            areas.resolve(name)
        assert error.value.in_language("en").startswith(told)


def test_what_an_area_lies_in_is_listed_from_the_smallest():
    assert (
        areas._above("23311", "2020") == ["608", "62", "VN-TN", "VN"]
        and areas._above("VN", "2020") == areas._above("999", "2020") == []
    )


@pytest.mark.parametrize("name", ["", "   ", "-", ".", None, float("nan"), ",", "()", "xã", "TP.", "🙂"])
def test_what_is_no_name_at_all_is_refused(name):
    with pytest.raises(kt.UnknownAreaError):
        areas.resolve(name)


@given(st.text(max_size=30))
def test_any_text_gives_an_area_or_an_unknown_area_error(text):
    try:
        assert areas.resolve(text).code in set(areas.register("2020")["code"])
    except kt.UnknownAreaError as error:
        assert str(error)


# --- to the 40 units of July 2025


def test_every_old_commune_goes_whole_into_one_of_the_forty_units():
    cross = areas.crosswalk()
    assert sorted(cross["old_code"]) == sorted(OLD)
    assert sorted(set(cross["new_code"])) == sorted(NEW)


@given(st.lists(st.integers(0, 10**12), min_size=102, max_size=102))
def test_totals_of_whole_numbers_are_conserved_exactly(counts):
    moved = areas.to_2025(pd.DataFrame({"area": OLD, "households": counts}))
    assert sorted(moved["area"]) == sorted(NEW)
    assert moved["households"].dtype == "int64"
    assert moved["households"].sum() == sum(counts)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(OLD), st.sampled_from([2022, 2023]), st.sampled_from(["low", "high"])),
        st.integers(0, 10**6),
        min_size=1,
        max_size=40,
    )
)
def test_year_and_scenario_are_kept_apart(cells):
    table = pd.DataFrame([(*key, value) for key, value in cells.items()], columns=["area", "year", "scenario", "poor"])
    moved = areas.to_2025(table)
    assert not moved.duplicated(["area", "year", "scenario"]).any()
    by = ["year", "scenario"]
    assert moved.groupby(by)["poor"].sum().to_dict() == table.groupby(by)["poor"].sum().to_dict()


@pytest.mark.parametrize("column", ["year", "time", "time_period", "draw"])
def test_times_and_draws_are_keys_whatever_their_type(column):
    table = pd.DataFrame({"area": ["23281", "23287"] * 2, column: [2022, 2022, 2023, 2023], "households": [1, 2, 3, 4]})
    moved = areas.to_2025(table)
    assert moved[column].tolist() == [2022, 2023] and moved["households"].tolist() == [3, 7]


def test_yes_and_no_are_keys_not_counts():
    table = pd.DataFrame({"area": ["23281", "23287"], "preferred": [True, True], "households": [1, 2]})
    assert areas.to_2025(table).to_dict("records") == [{"area": "23293", "preferred": True, "households": 3}]


def test_a_missing_count_makes_its_unit_missing_and_no_other():
    moved = areas.to_2025(pd.DataFrame({"area": ["23281", "23287", "23284"], "households": [10, None, 5]}))
    assert moved.set_index("area")["households"].isna().to_dict() == {"23284": False, "23293": True}


def test_the_long_form_of_the_observations_is_added_up_by_indicator_and_date():
    table = pd.DataFrame(
        {
            "ref_area": ["23281", "23287", "23281"],
            "area_name": ["Quang Trung", "Quyết Thắng", "Quang Trung"],
            "indicator": ["population", "population", "households_total"],
            "time_period": ["2024-12-31"] * 3,
            "obs_value": [100.0, 50.0, 30.0],
            "unit_measure": ["persons", "persons", "households"],
        }
    )
    moved = areas.to_2025(table)
    assert moved.columns.tolist() == ["ref_area", "indicator", "time_period", "obs_value", "unit_measure"]
    assert moved.set_index("indicator")["obs_value"].to_dict() == {"population": 150.0, "households_total": 30.0}


@pytest.mark.parametrize("column", ["rate", "poverty_rate_pct", "dtts_share", "q0.1", "mean_income", "pace_pp"])
def test_rates_are_refused_because_they_cannot_be_added(column):
    with pytest.raises(kt.KontumError, match=column.replace(".", r"\.")):
        areas.to_2025(pd.DataFrame({"area": ["23281"], column: [0.5]}))


def test_long_values_that_are_no_counts_are_refused():
    with pytest.raises(kt.KontumError, match="obs_value"):
        areas.to_2025(pd.DataFrame({"ref_area": ["23281"], "obs_value": [15.3], "unit_measure": ["percent"]}))
    with pytest.raises(kt.KontumError, match="obs_value"):
        areas.to_2025(pd.DataFrame({"ref_area": ["23281"], "obs_value": [15.3]}))


def test_a_commune_given_twice_is_refused():
    with pytest.raises(kt.KontumError, match="23281.*twice"):
        areas.to_2025(pd.DataFrame({"area": ["23281", "23281"], "households": [1, 2]}))


@pytest.mark.parametrize("code", ["617", "62", "99999", "", None, 23281.0])
def test_what_is_no_old_commune_is_refused(code):
    with pytest.raises(kt.KontumError, match="102 communes"):
        areas.to_2025(pd.DataFrame({"area": [code], "households": [1]}))


def test_the_refusals_of_a_table_are_told_in_full():
    for table, told in (
        (
            {"area": list("7654321"), "n": 1},
            "to_2025 takes only the 102 communes of before July 2025; not one: 1, 2, 3, 4, 5",
        ),
        (
            {"area": ["23281"], "rate": 1, "obs_value": 1},
            "to_2025 adds counts; these columns are no counts: rate, obs_value",
        ),
        ({"area": ["23281"], "x": "a"}, "to_2025 found no column of counts to add; the columns are area, x"),
        ({"area": ["23281", "23281"], "n": 1}, "to_2025: commune 23281 stands twice under the same key"),
        ({"n": [1]}, "to_2025 needs a column area, ref_area or code with the codes of old communes"),
    ):
        with pytest.raises(kt.KontumError) as error:
            areas.to_2025(pd.DataFrame(table))
        assert error.value.in_language("en") == told


def test_names_are_left_out_and_rows_with_an_empty_key_stay_in_the_order_of_codes_and_keys():
    table = pd.DataFrame(
        {
            "code": ["23281", "23284", "23287", "23284"],
            "name": list("abcd"),
            "scenario": [None, "b", None, "a"],
            "n": [1, 2, 3, 4],
        }
    )
    moved = areas.to_2025(table)
    assert moved.columns.tolist() == ["code", "scenario", "n"] and moved["n"].tolist() == [4, 2, 4]
    assert moved["scenario"].isna().tolist() == [False, False, True]


def test_every_unit_that_counts_may_be_added():
    units = sorted(areas._COUNT_UNITS)
    table = pd.DataFrame({"area": "23281", "unit_measure": units, "obs_value": range(len(units))})
    assert areas.to_2025(table)["obs_value"].tolist() == list(range(len(units)))


def test_a_table_without_areas_or_without_counts_is_refused():
    with pytest.raises(kt.KontumError, match="ref_area"):
        areas.to_2025(pd.DataFrame({"commune": ["23281"], "households": [1]}))
    with pytest.raises(kt.KontumError, match="no column of counts"):
        areas.to_2025(pd.DataFrame({"area": ["23281"], "status": ["published"]}))


def test_the_table_given_is_left_as_it_was():
    table = pd.DataFrame({"area": [23281, 23287], "households": [1, 2]})
    before = table.copy()
    assert areas.to_2025(table)["households"].tolist() == [3]
    pd.testing.assert_frame_equal(table, before)
