"""Tables loaded once for all tests, and the settings under which hypothesis looks for counterexamples."""

import os
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

import kontum_analysis as kt
from kontum_analysis.base.files import RAW
from kontum_analysis.data import observations
from kontum_analysis.poverty.paces import Inputs

# The same examples in every run, so that a red test is red for everyone; nothing is kept on disk. `make test-slow` runs
# the tests of properties again with "thorough"; under nox, where only the versions differ, they are "brief".
for profile, examples in (("brief", 5), ("repeatable", 25), ("thorough", 200)):
    settings.register_profile(
        profile,
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=examples,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_collection_modifyitems(items):
    """How a page looks and answers in a browser hangs on no version of a Python package."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("once")


@pytest.fixture(scope="module")
def browser():
    """A Chromium; of a module, since its event loop keeps others from running in the same process."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright here: the browser is not tried")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: the browser is not tried")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session", autouse=True)
def no_own_figures(tmp_path_factory):
    """Whoever runs the tests may have imported figures of an office: they are out of reach of every test."""
    os.environ["KONTUM_DATA"] = str(tmp_path_factory.mktemp("own") / "nothing")


@pytest.fixture(scope="session")
def raw():
    """The raw tables as validated text. Read only."""
    return observations.raw_tables()


@pytest.fixture(scope="session")
def obs():
    """Every observation known today. Read only."""
    return kt.load_observations()


@pytest.fixture(scope="session")
def known_2023():
    """Every observation known at the end of 2023: the last count of communes is of April 2023. Read only."""
    return kt.load_observations(as_of="2023-12-31")


@pytest.fixture(scope="session")
def until_2023(obs):
    """Every observation about days up to the end of 2023, the last year with a total of the province. Read only."""
    return obs[obs["time_period"] <= "2023-12-31"].reset_index(drop=True)


@pytest.fixture(scope="session")
def inputs(obs):
    """What scenarios take from every observation known today, computed once. Read only."""
    return Inputs.of(obs)


@pytest.fixture(scope="session")
def estimates(until_2023):
    """The panel of 2021 to 2023 and 400 draws. Read only."""
    return kt.estimate_panel(until_2023, draws=400)


@pytest.fixture
def quick(monkeypatch):
    """The report without its check of the estimates, which takes half of the time."""
    monkeypatch.setattr("kontum_analysis.publish.report_facts.leave_one_out", lambda *args, **options: pd.DataFrame())


@pytest.fixture
def raw_copy(tmp_path):
    """A copy of `data/raw/` in which a test may plant faults."""
    folder = tmp_path / "raw"
    shutil.copytree(RAW, folder)
    return folder
