"""The same bytes wherever it runs: another language, time zone, folder, home, a checkout one may not write to, no
network.
"""

import io
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stdout

import pytest

from kontum_analysis.base.files import ROOT

pytestmark = pytest.mark.once
# One figure, one notebook and one command from the tree in argv[1], hashed.
CHEAP = """
import hashlib, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
def digest(content):
    return hashlib.sha256(content).hexdigest()
import kontum_analysis as kt
from kontum_analysis.figures import build
for name, content in build("coverage", kt.load_observations(), "vi").files().items():
    print(name, digest(content))
path = kt.project_poverty(kt.load_observations(), kt.scenarios.preset("programme-mid"))
print("path", digest(path.to_csv(float_format="%.9g").encode()))
if "notebook" in sys.argv:
    from kontum_analysis.review.notebooks import executed
    print("notebook", digest(executed(Path(sys.argv[1]) / "notebooks" / "02_baseline.ipynb").encode()))
"""
COMMAND = "import sys; sys.path.insert(0, sys.argv.pop(1)); from kontum_analysis.cli import main; main()"
UNPRIVILEGED = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search,-fowner", "--inh-caps", "-all"]
C_LOCALE = dict(LC_ALL="C", LANG="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
PLACES = {
    "the plain C locale without UTF-8": C_LOCALE,
    "a Turkish machine": dict(LC_ALL="tr_TR.UTF-8", LANG="tr_TR.UTF-8"),
    "the time zone of Viet Nam": dict(TZ="Asia/Ho_Chi_Minh"),
    "a time zone a day behind": dict(TZ="Pacific/Pago_Pago"),
    "a home that cannot be": dict(HOME="/dev/null/home"),
    "other hashes of texts": dict(PYTHONHASHSEED="7"),
}


def started(words, prefix=(), **environment):
    """A finished run of Python with these words, in an environment that differs in what is given."""
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON", "KONTUM", "MPL"))}
    return subprocess.run(
        [*prefix, sys.executable, "-B", *words],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        env={**variables, **environment},
        cwd="/",
    )


def in_this_process():
    """What CHEAP says in this very process."""
    output, words = io.StringIO(), sys.argv
    sys.argv = ["-c", str(ROOT)]
    try:
        with redirect_stdout(output):
            exec(CHEAP, {})
    finally:
        sys.argv = words
        sys.path.remove(str(ROOT))
    return output.getvalue()


def copied(folder):
    for name in ("kontum_analysis", "data", "notebooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return folder


def sealed(folder):
    """Take away the right to write from a folder and all in it; skip where the system has no way to make that count."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    prefix = UNPRIVILEGED if os.geteuid() == 0 else []
    if prefix and (
        shutil.which("setpriv") is None or subprocess.run([*prefix, "true"], capture_output=True).returncode
    ):
        pytest.skip("root writes everywhere here, and the test may not give that right up")
    return prefix


@pytest.fixture
def read_only(tmp_path):
    """A copy in a folder with spaces and Vietnamese letters, that may not be written to, and how to start there."""
    folder = copied(tmp_path / "thư mục có dấu" / "kon tum")
    (folder / "data" / "processed" / "observations.csv").unlink()  # what is as it should be is not written at all
    yield folder, sealed(folder)
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    folder.chmod(0o755)


def test_all_hindrances_at_once_change_no_byte_and_a_refused_write_is_said(read_only):
    """A read-only copy in a folder with Vietnamese letters, the C locale, another time zone."""
    folder, prefix = read_only
    hindered = dict(C_LOCALE, TZ="Pacific/Pago_Pago")
    result = started(["-c", CHEAP, str(folder)], prefix, **hindered)
    assert result.returncode == 0, result.stderr
    assert result.stdout == in_this_process() and len(result.stdout.splitlines()) == 5
    refused = started(["-c", COMMAND, str(folder), "reproduce"], prefix, **hindered)
    assert refused.returncode == 1 and "Traceback" not in refused.stderr
    assert "không ghi được tệp (hệ thống báo: Permission denied)" in refused.stderr


@pytest.mark.slow
def test_a_notebook_and_a_command_in_every_place_give_the_same_bytes(read_only):
    folder, prefix = read_only
    ask = ["project", "--scenario", "programme-mid"]
    in_notebook = started(["-c", CHEAP, str(ROOT), "notebook"]).stdout
    output = started(["-c", COMMAND, str(ROOT), *ask]).stdout
    assert len(in_notebook.splitlines()) == 6 and "programme-mid" in output
    for name, environment in PLACES.items():
        assert started(["-c", CHEAP, str(ROOT), "notebook"], **environment).stdout == in_notebook, name
        assert started(["-c", COMMAND, str(ROOT), *ask], **environment).stdout == output, name
    assert started(["-c", CHEAP, str(folder), "notebook"], prefix).stdout == in_notebook
    assert started(["-c", COMMAND, str(folder), *ask], prefix).stdout == output


@pytest.mark.slow
def test_nothing_asks_the_network():
    without = ["unshare", "-n", "sh", "-c", 'ip link set lo up 2>/dev/null; exec "$@"', "sh"]
    if shutil.which("unshare") is None or subprocess.run([*without, "true"], capture_output=True).returncode:
        pytest.skip("this system does not let the test take its network away")
    result = started(["-c", CHEAP, str(ROOT), "notebook"], without)
    assert result.returncode == 0, result.stderr
    assert result.stdout == started(["-c", CHEAP, str(ROOT), "notebook"]).stdout
