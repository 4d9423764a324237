"""Texts and numbers in two languages: each as its readers write it, none without its sister."""

import csv
import re
from string import Formatter

import pandas as pd
import pytest

from kontum_analysis.base import words as labels
from kontum_analysis.base.files import ROOT
from kontum_analysis.data import areas

CODE = [*sorted((ROOT / "kontum_analysis").rglob("*.py")), *sorted((ROOT / "docs").glob("*.py"))]
SOURCE = "\n".join(p.read_text(encoding="utf-8") for p in CODE)


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (15.32, 2, "15,32", "15.32"),
        (1200, 0, "1.200", "1,200"),
        (143561, 0, "143.561", "143,561"),
        (1234567.891, 1, "1.234.567,9", "1,234,567.9"),
        (0.5, 1, "0,5", "0.5"),
        (-4.46, 2, "−4,46", "−4.46"),
        (-0.04, 1, "0,0", "0.0"),
        (0, 0, "0", "0"),
        (None, 1, "–", "–"),
        (float("nan"), 2, "–", "–"),
        (pd.NA, 0, "–", "–"),
        (pd.NaT, 0, "–", "–"),
        (pd.Series([7]).iloc[0], 0, "7", "7"),
        (99.995, 1, "100,0", "100.0"),
    ],
)
def test_numbers_are_written_as_each_language_writes_them(value, decimals, vi, en):
    assert labels.number(value, decimals, "vi") == vi
    assert labels.number(value, decimals, "en") == en


def test_placeholders_take_numbers_and_per_cents_of_the_language(monkeypatch):
    monkeypatch.setattr(labels, "labels", lambda: {"k": {"vi": "{a:n1} và {b:p2} %", "en": "{a:n1} and {b:p2} %"}})
    assert labels.text("k", "vi", a=1234.56, b=0.1532) == "1.234,6 và 15,32 %"
    assert labels.text("k", "en", a=1234.56, b=0.1532) == "1,234.6 and 15.32 %"
    assert labels.text("k", "en", a=None, b=None) == "– and – %"
    assert labels.text("k", "en", a=pd.NA, b=pd.NA) == "– and – %"


def test_a_placeholder_may_be_an_address_in_a_table_and_nothing_else(monkeypatch):
    rates = pd.Series([0.1532, 0.0684], pd.MultiIndex.from_tuples([("62", "known", 2021), ("62", "known", 2023)]))
    look = labels.Lookup(rates, {"province": "62", "last": 2023})
    keys = {
        "k": "{rate[province known last]:p2}",
        "year": "{rate[62 known 2021]:p1}",
        "gone": "{rate[62 known 1999]:p1}",
    }
    keys |= {"attribute": "{rate.__class__}", "deeper": "{rate[62 known 2021].real}", "text": "{name[0]}"}
    monkeypatch.setattr(labels, "labels", lambda: {key: {"en": words} for key, words in keys.items()})
    assert (labels.text("k", "en", rate=look), labels.text("year", "en", rate=look)) == ("6.84", "15.3")
    for key in ("gone", "attribute", "deeper", "text"):
        with pytest.raises(KeyError):
            labels.text(key, "en", rate=look, name="abc")


def placeholders(text):
    return {(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", sorted(labels.labels()))
def test_every_label_is_there_in_both_languages_with_the_same_placeholders(key):
    vi, en = labels.labels()[key]["vi"], labels.labels()[key]["en"]
    assert vi.strip() == vi != "" and en.strip() == en != ""
    assert placeholders(vi) == placeholders(en)


def test_no_key_stands_twice():
    keys = []
    for path in (ROOT / "kontum_analysis" / "base" / "labels").glob("*.csv"):
        with open(path, encoding="utf-8", newline="") as file:
            keys += [row["key"] for row in csv.DictReader(file)]
    assert len(keys) == len(set(keys))


def test_every_family_of_labels_is_used_in_the_package_or_the_notebooks():
    used = SOURCE + "\n".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "notebooks").glob("*.ipynb")))
    families = {key.split(".")[0] for key in labels.labels()}  # keys are often put together: f"form.{scenario.form}"
    assert families - set(re.findall(r"\w+", used)) == set()


def test_a_key_or_a_language_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        labels.text("no.such.key", "vi")
    with pytest.raises(KeyError):
        labels.text("unit.households", "fr")
    with pytest.raises(KeyError):
        labels.text("figure.poverty_paths.alt", "vi")  # its placeholders are not filled


def test_areas_have_names_for_readers():
    assert areas.area_name("62", "vi") == "Toàn tỉnh" and areas.area_name("62", "en") == "Province"
    for code in [*areas.districts(), areas.POOR_DISTRICTS, areas.OTHER_DISTRICTS]:
        assert areas.area_name(code, "vi") and areas.area_name(code, "en")
    assert areas.area_name("23293", "vi", vintage="2025") == "Kon Tum"
