"""The names of `kt.`: those that a notebook needs, each with an example that pytest runs (`--doctest-modules`)."""

import doctest
import inspect
import re
import subprocess
import sys

import kontum_analysis as kt
from kontum_analysis.base.files import NOTEBOOKS, ROOT
from kontum_analysis.base.words import number

PUBLIC = {name: getattr(kt, name) for name in kt.__all__ if name not in kt._MODULES}
HEAVY = {"matplotlib", "seaborn", "statsmodels", "pydantic", "scipy", "nbformat", "yaml", "rapidfuzz", "babel"}


def has_example(thing):
    tests = doctest.DocTestFinder().find(thing, getattr(thing, "__name__", None), module=inspect.getmodule(thing))
    return any(example.want for test in tests for example in test.examples)


def test_every_public_name_has_an_example_with_a_result():
    assert [name for name, thing in PUBLIC.items() if not has_example(thing)] == []


def test_the_names_are_about_fifty_and_notebooks_use_no_other():
    source = "\n".join(path.read_text(encoding="utf-8") for path in NOTEBOOKS.glob("*.ipynb"))
    names = set(re.findall(r"\bkt\.(\w+)", source))
    assert names <= set(kt.__all__)
    assert (
        40 <= len(PUBLIC) <= 54
    )  # with the chances, and the forecasts held against what came, which notebooks 5–8 show
    assert kt.areas.resolve("Kon Plông").code == "613" and kt.scenarios.preset is kt.preset
    assert dir(kt) == kt.__all__ and not hasattr(kt, "no_such_name")


def loaded_after(code):
    """Which of the heavy packages a fresh interpreter has loaded after running `code`."""
    ask = f"import sys, pandas; before = set(sys.modules); {code}; print(*set(sys.modules) - before)"
    result = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT)
    return sorted(set(result.stdout.split()) & HEAVY)


def test_importing_costs_little_more_than_pandas():
    assert loaded_after("import kontum_analysis as kt; kt.areas.resolve('Kon Plông')") == []
    needless = {"matplotlib", "seaborn", "statsmodels", "scipy", "nbformat"}
    assert not needless & set(loaded_after("import kontum_analysis as kt; kt.load_observations()"))
    assert loaded_after("import kontum_analysis.cli") == []


def test_the_readme_states_the_answer_as_it_is_computed(obs):
    """The first screen: rates, the picture, the two commands, code that fits the page; below, how much is known."""
    rows = kt.headline(obs).set_index("scenario").loc[["programme-high", "programme-low"]]
    rates = kt.known_groups(obs).set_index(["area", "year"]).rate["62"]
    hidden = kt.leave_one_out(obs).inside
    missing = []
    latest = kt.estimate_panel(obs).panel.set_index(["area", "year"]).loc[("62", 2024)]
    for name, lang in (("README.md", "vi"), ("README.md", "en"), ("README.en.md", "en")):
        page = " ".join((ROOT / name).read_text(encoding="utf-8").split())
        numbers = [number(100 * rates[year], 2, lang) + "%" for year in (2021, 2023, 2024)]
        ranges = [rows["rate_2025"], rows["paper_2025"], latest[["rate_q10", "rate_q90"]]]
        numbers += ["–".join(number(100 * rate, 2, lang) for rate in ends) + "%" for ends in ranges]
        missing += [f"{name} ({lang}): {text}" for text in numbers if text not in page]
    for name, lang in (("README.md", "vi"), ("README.en.md", "en")):
        page = (ROOT / name).read_text(encoding="utf-8")
        first, counts = page.partition("\n## ")[0], [len(obs), obs["source_id"].nunique()]
        assert "poverty_paths.png" in first and "make reproduce" in first and ">>> kt.show_table" in first
        assert max(map(len, first.splitlines())) <= 115
        words = " ".join(page.split())
        texts = [number(count, 0, lang) for count in counts]
        texts.append(f"{hidden.sum()} {'trong' if lang == 'vi' else 'times in'} {len(hidden)}")
        missing += [f"{name}: {text}" for text in texts if text not in words]
    assert not missing, "\n".join(["should hold:", *missing])
