"""The explorer in a real browser: notebook 09 in JupyterLab, and the page that `make app` serves.

The servers are started here, on the loopback address, with a token, and with a home of their own, so that nothing is
written into the checkout. Where no Chromium is installed the tests say so and are skipped.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from kontum_analysis.base.files import NOTEBOOKS, ROOT
from kontum_analysis.explorer.app import SHARE

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
TOKEN = "a-token-for-the-test"
WAIT = 120_000  # milliseconds, for machines that are busy
playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright here: the browser is not tried")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the browser is not tried")


@contextmanager
def served(command, home):
    """A server that answers, as its port; ended afterwards, with the kernels it started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        name: str(home / name)
        for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    home.joinpath("HOME").mkdir()
    with open(home / "log", "w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", *command(port)],
            cwd=home,
            stdout=log,
            stderr=log,
            env={**os.environ, **own, "PYTHONPATH": str(ROOT)},
        )
    try:
        for _ in range(600):
            assert server.poll() is None, (home / "log").read_text(encoding="utf-8")
            with socket.socket() as ask:
                if ask.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as made:
        found = made.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser):
    """A page whose complaints are kept: errors on the console, uncaught errors, requests that leave the machine."""
    made = browser.new_page(viewport={"width": 1440, "height": 900})
    made.complaints = []
    made.on("console", lambda said: said.type == "error" and made.complaints.append(said.text))
    made.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.on("request", lambda r: away(r.url) and made.complaints.append(f"asked elsewhere: {r.url}"))
    yield made
    made.close()


def away(url):
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:"))


def listening_at(port):
    """The addresses, as Linux writes them, at which something on this machine takes connections for a port."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    return {
        local.split(":")[0]
        for _, local, _, state, *_ in lines
        if state == "0A" and int(local.split(":")[1], 16) == port
    }


def try_the_explorer(page):
    """Move a slider by the keyboard, see number, verdict and picture change; switch the language; open each view."""
    page.wait_for_selector(".kt-says", timeout=WAIT)
    value = page.locator(".kt-value").filter(has_text="3,5")
    picture = page.locator(".widget-image").first
    before = picture.get_attribute("src")
    handle = page.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    assert value.count() == 1
    handle.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".kt-value:has-text('3,0')", timeout=WAIT)
    page.wait_for_function("([old]) => document.querySelector('.widget-image').src !== old", arg=[before], timeout=WAIT)
    page.click(".widget-toggle-buttons button:has-text('English')")
    page.wait_for_selector(".kt h3:has-text('Try the paces')", timeout=WAIT)
    page.wait_for_selector(".kt-value:has-text('3.0')", timeout=WAIT)
    page.wait_for_selector(".kt-says:has-text('points above plain arithmetic')", timeout=WAIT)
    for number, words in ((1, None), (2, "Kon Plông*"), (3, "Probability (%)")):
        page.locator(".widget-tab .lm-TabBar-tab").nth(number).click()
        if words:
            page.wait_for_selector(
                f".widget-tab .kt td:has-text('{words}'), .widget-tab .kt th:has-text('{words}')", timeout=WAIT
            )
    page.click("button:has-text('Copy as code')")
    page.wait_for_function(
        "() => document.querySelector('.widget-textarea textarea')?.value.includes('province_pace_pp=3')", timeout=WAIT
    )


def test_notebook_09_in_jupyterlab(page, tmp_path):
    copy = tmp_path / "notebooks"
    copy.mkdir()
    shutil.copy(NOTEBOOKS / "09_explorer.ipynb", copy)
    shutil.copytree(
        ROOT / "figures" / "en", tmp_path / "figures" / "en", ignore=shutil.ignore_patterns("*.svg", "*.csv")
    )

    def command(port):
        root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        return [
            "jupyterlab",
            *root,
            "--no-browser",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={port}",
            f"--IdentityProvider.token={TOKEN}",
            f"--ServerApp.root_dir={tmp_path}",
            "--LabApp.news_url=",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--LabApp.extension_manager=readonly",
            f"--LabApp.app_settings_dir={SHARE / 'lab'}",
        ]

    home = tmp_path / "home"
    home.mkdir()
    with served(command, home) as port:
        page.goto(
            f"http://127.0.0.1:{port}/lab/tree/notebooks/09_explorer.ipynb?token={TOKEN}",
            wait_until="commit",
            timeout=WAIT,
        )
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=WAIT)
        closed = page.locator("text=Run this cell to open the explorer")
        closed.first.wait_for(timeout=WAIT, state="attached")  # what a reader without a kernel sees
        page.wait_for_selector("text=Python 3 (ipykernel) | Idle", timeout=WAIT)
        page.click(".lm-MenuBar-itemLabel:text-is('Run')")
        page.click(".lm-Menu-itemLabel:text-is('Run All Cells')")
        try_the_explorer(page)
        assert page.locator("text=Would you like to get notified").count() == 0
    assert page.complaints == []


def test_the_page_of_its_own(page, tmp_path):
    def command(port):
        return ["kontum_analysis.explorer.app", "--no-browser", f"--port={port}", f"--Voila.token={TOKEN}"]

    with served(command, tmp_path) as port:
        if Path("/proc/net/tcp").exists():
            assert listening_at(port) == {"0100007F"}  # 127.0.0.1: nobody else on the network is answered
        page.goto(f"http://127.0.0.1:{port}/?token={TOKEN}", wait_until="commit", timeout=WAIT)
        try_the_explorer(page)
        assert page.locator("text=kt.explorer.show").count() == 0  # the page shows no code but what is asked for
        assert page.locator("text=What this does not show").count() == 0
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/?token=wrong", timeout=60) as stranger:
            assert "/login" in stranger.url  # who has no token is asked for it
    assert page.complaints == []


def test_make_lab_serves_this_machine_alone_and_keeps_the_token():
    done = subprocess.run(["make", "--dry-run", "lab"], cwd=ROOT, capture_output=True, text=True, check=True)
    started = next(line for line in done.stdout.splitlines() if "jupyter lab" in line)
    assert "--ServerApp.ip=127.0.0.1" in started
    assert "token" not in started and "password" not in started  # the token that JupyterLab makes by itself stays
