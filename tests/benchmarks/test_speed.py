"""Benchmarks for `make bench`; in a normal run each is called once, to see that it still works. No test fails by the
clock.
"""

import numpy as np
import pytest

import kontum_analysis as kt

from . import __main__ as bench
from . import jobs


@pytest.fixture(scope="module")
def hundredth():
    return jobs.country(100)


@pytest.mark.benchmark(group="a hundredth of the country, 10,000 draws")
@pytest.mark.parametrize("workers", [1, 2])
def test_the_ensemble(benchmark, hundredth, workers):
    result = benchmark(jobs.simulate, hundredth, workers=workers)
    assert len(result.margins) == 1000 and result.totals["p_all"].between(0, 1).all()


@pytest.mark.benchmark(group="a hundredth of the country, 10,000 draws")
@pytest.mark.parametrize("workers", [1, 2])
def test_merely_drawing_its_normals(benchmark, workers):
    assert benchmark(jobs.normals, 100, workers=workers) is None


@pytest.mark.benchmark(group="closed form")
def test_quantiles_in_closed_form(benchmark, hundredth):
    result = benchmark(jobs.closed_form, hundredth)
    assert result.shape == (100, 10, 9) and (np.diff(result, axis=2) > 0).all()


@pytest.mark.benchmark(group="province")
def test_the_ensemble_of_the_province(benchmark, obs):
    assert benchmark(jobs.province_draws, obs, 1000).rates.shape == (10, 10, 1000)


def test_the_loops_that_the_table_is_held_against_give_the_same_rates(obs):
    for name in ("programme-low", "programme-mid", "programme-high"):
        assert jobs.same_rates(obs, kt.scenarios.preset(name))


def test_the_page_has_one_place_for_the_table_and_the_table_says_each_ratio():
    page = bench.PAGE.read_text(encoding="utf-8")
    assert page.count(bench.BEGIN) == page.count(bench.END) == 1 and page.index(bench.BEGIN) < page.index(bench.END)
    text = bench.page_text(
        [("a", "b", (3.0, 6.0), (2.0, 5.0), 1.6)], 123.4, [(10, 10, 1000, 0.001), (10, 10, 2000, 0.002)]
    )
    assert "| a | b | 1.50 | 1.20 | ≤\u00a01.6 |" in text and "123 MB" in text and "| 2.00 | 10.0 |" in text
    assert "0.28 hours of one core" in text  # 10¹¹ × 10 ns
