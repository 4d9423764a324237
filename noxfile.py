"""The fast tests on other Pythons and on the oldest packages that pyproject.toml allows: `nox` or `nox -s oldest`.

A Python that is not on the machine is skipped with a word. The locked packages are tested by `make test`.
"""

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["newest"]
FAST = ["-m", "not slow", "-p", "no:cacheprovider"]
# compares with bytes that were drawn and packages that were locked by other versions: only for the locked environment
ONLY_LOCKED = [
    "--deselect",
    "tests/test_verify.py",
    "--deselect",
    "tests/test_environment.py",
    "--ignore=tests/test_notebooks.py",
]


@nox.session(python=["3.11", "3.12", "3.13"])
def newest(session):
    """The newest packages that pip finds for this Python."""
    session.install("-e", ".[maps,site,test]")
    session.run("python", "-m", "pytest", *FAST, *ONLY_LOCKED, *session.posargs)


@nox.session(python="3.11")
def oldest(session):
    """The oldest version of each package that pyproject.toml names; what these need is as new as pip would take."""
    session.install("uv")
    session.run("uv", "pip", "install", "--python", session.virtualenv.bin + "/python", "--compile-bytecode", "--resolution", "lowest-direct", "-e", ".[maps,site,test]")  # fmt: skip
    session.run("python", "-m", "pytest", *FAST, *ONLY_LOCKED, *session.posargs)
