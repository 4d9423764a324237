"""pyproject.toml, environment.yml and requirements.lock agree, and no committed file names a package registry."""

import json
import os
import re
import subprocess
import tomllib
from importlib import import_module

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from kontum_analysis.base.files import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NEEDED = [Requirement(r) for r in PROJECT["dependencies"]]
WANTED = NEEDED + [Requirement(r) for extra in EXTRAS.values() for r in extra]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


def locked():
    """Name -> list of versions in the lock (more than one where a marker chooses)."""
    versions = {}
    for line in re.findall(r"^([a-z0-9][^\s;=]*)==([^\s;\\]+)", LOCK, re.MULTILINE):
        versions.setdefault(canonicalize_name(line[0]), []).append(line[1])
    return versions


def test_conda_and_pip_ask_for_the_same_packages():
    conda = {
        canonicalize_name(r.name): str(r.specifier)
        for r in map(Requirement, filter(lambda d: isinstance(d, str), CONDA))
    }
    assert conda.pop("python") == PROJECT["requires-python"]
    conda.pop("pip")
    assert conda == {canonicalize_name(r.name): str(r.specifier) for r in NEEDED}
    assert CONDA[-1] == {"pip": [f"-e .[{','.join(EXTRAS)}]"]}


def test_the_lock_satisfies_every_requirement():
    versions = locked()
    missing = [
        str(requirement)
        for requirement in WANTED
        if not all(map(requirement.specifier.contains, versions.get(canonicalize_name(requirement.name), ["0"])))
    ]
    assert missing == []


def test_every_locked_package_has_a_hash_and_the_build_tool_is_locked_too():
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) > 80 and all("--hash=sha256:" in entry for entry in entries)
    assert "setuptools" in locked()


def test_no_committed_file_names_a_registry_or_a_machine_path():
    private = r"--(extra-)?index-url|--find-links|\"resolved\":|files\.pythonhosted|registry\.npmjs|/(root|work)/[a-z]"
    command = ["git", "grep", "-nIE", "-e", private, "--", ".", ":!tests"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 1, result.stdout


def test_binder_gets_the_same_packages_and_a_script_that_it_can_run():
    """A `.binder` folder hides environment.yml beside it, so it holds one of its own, without the local install."""
    binder = yaml.safe_load((ROOT / ".binder" / "environment.yml").read_text(encoding="utf-8"))
    assert binder["dependencies"] == [entry for entry in CONDA if isinstance(entry, str)]
    assert os.access(ROOT / ".binder" / "postBuild", os.X_OK)
    script = (ROOT / ".binder" / "postBuild").read_text(encoding="utf-8")
    assert "pip install --quiet --no-deps -e ." in script
    assert [name for name in re.findall(r"\.binder/[\w./]+", script) if not (ROOT / name).is_file()] == []


def test_jupyterlab_opens_on_the_index_and_does_not_ask_about_news():
    from jupyterlab_server.config import get_page_config
    from jupyterlab_server.settings_utils import _get_overrides

    folder = str(ROOT / ".binder" / "lab")
    assert "app_settings_dir=$(CURDIR)/.binder/lab" in (ROOT / "Makefile").read_text(encoding="utf-8")
    overrides, error = _get_overrides(folder)
    assert not error and overrides["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    # Its setting reaches only the notebook opened last; the toolbar would lie over the headings of the others.
    assert "@jupyterlab/cell-toolbar-extension" in get_page_config([], folder)["disabledExtensions"]
    settings = json.loads((ROOT / ".binder" / "jupyter_server_config.json").read_text(encoding="utf-8"))
    page, _, query = settings["LabApp"]["default_url"].partition("?")
    assert (ROOT / page.removeprefix("/lab/tree/")).is_file() and query == "file-browser-path=/"
    module, _, name = settings["FileContentsManager"]["pre_save_hook"].rpartition(".")
    assert callable(getattr(import_module(module), name))
