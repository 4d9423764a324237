"""The fast tests on the oldest packages that pyproject.toml allows and on the newest, on every Python of the machine.

`make test-others` runs all of it; a Python that is not there is passed over with a word. What is guarded: that the
bounds in pyproject.toml are true, and that whoever installs without the lock gets the same numbers, tables, documents,
commands and notebooks, and figures that can be read. What no version of a package changes is left to `make test`, which
runs with the locked packages: tests marked `once` (texts of the repository, pages in a browser, LibreOffice, faults
planted in copies of the notebooks) and more than a few examples of each property. Tests marked `locked` compare bytes
that other versions draw and write otherwise; the numbers are compared everywhere.
"""

import os
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False
os.environ["HYPOTHESIS_PROFILE"] = "brief"
HOW = ["-n", "2", "--dist", "loadscope", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
WHAT = ["-m", "not slow and not locked and not once", "notebooks", "tests", "kontum_analysis"]
VERSIONS = ["--deselect", "notebooks/00_index.ipynb::Cell 8"]  # the notebook that prints the versions of the packages
# Pythons that pyenv keeps are found without being switched on.
KEPT = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *map(str, sorted(KEPT.glob("3.*/bin"), reverse=True))])


def tested(session, *how):
    """Install the package with all that its tests need, each package as `how` says, and run them."""
    session.install("uv")  # pip cannot be asked for the oldest
    session.run("uv", "pip", "install", "--quiet", "--compile-bytecode", *how, "-e", ".[maps,site,test]")
    session.run("python", "-m", "pytest", *HOW, *WHAT, *VERSIONS, *session.posargs)


@nox.session(python="3.11")
def oldest(session):
    """The oldest version of each package that pyproject.toml names; what these need is as new as pip would take."""
    tested(session, "--resolution", "lowest-direct")


@nox.session(python=["3.12", "3.13"])
def newest(session):
    """The newest packages there are for this Python."""
    tested(session)
