# make reproduce: build the environment and do the main job.   make test: pass the tests.   make lab: open JupyterLab.
# make app: the explorer as a page.   make site: the pages to read.   make size: how large the house is.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# On this machine alone, with a token; no news, no look for updates; no toolbar over the headings (.binder/lab).
QUIET := --ServerApp.ip=127.0.0.1 --LabApp.news_url= --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
	--LabApp.app_settings_dir=$(CURDIR)/.binder/lab

.PHONY: reproduce test test-slow test-others bench mutants verify lab app site times size install lint clean

reproduce: $(READY)
	$(BIN)/kontum reproduce

test: $(READY)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/deptry .
	$(BIN)/python -m pytest -n 2 --dist loadscope -m "not slow" --nbval --nbval-current-env notebooks tests kontum_analysis

# What takes longer: random kills, hunts with atheris, every place and every figure, the great country.
test-slow: $(READY)
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -n 2 --dist loadscope -m "slow or hypothesis" tests

# The fast tests on the oldest packages that pyproject.toml allows, and with the newest on each other Python of this machine.
test-others: $(READY)
	$(BIN)/nox

# The second line writes its table into docs/benchmarks.md. It takes a quarter of an hour; nothing else should run meanwhile.
bench: $(READY) build/pyam/.ready
	$(BIN)/python -m pytest --benchmark-enable --benchmark-only -p no:xdist tests/benchmarks
	$(BIN)/python -m tests.benchmarks --write --reproduce --pyam build/pyam/bin/python

# pyam asks for older packages than the lock holds, so it is measured in an environment of its own; pip finds no way to install both.
build/pyam/.ready: pyproject.toml
	$(PYTHON) -m venv build/pyam
	build/pyam/bin/python -m pip install --quiet --disable-pip-version-check uv
	build/pyam/bin/uv pip install --quiet --python build/pyam/bin/python pyam-iamc==4.0.0 -e .
	touch build/pyam/.ready

# Mutation testing of the mathematics and the loaders (tests/mutants.md); not part of the tests, since a survivor may be the same program written otherwise.
mutants: $(READY)
	$(BIN)/mutmut run --max-children 2

verify: $(READY)
	$(BIN)/kontum verify

# The index is open, data and figures lie beside it; a notebook is saved as `make reproduce` writes it, so git sees no change.
# Trusted, so that the page inside notebook 09 is shown before a cell runs; this is noted for the user and in no notebook.
lab: $(READY)
	$(BIN)/jupyter trust notebooks/*.ipynb > /dev/null
	$(BIN)/jupyter lab $(QUIET) --ServerApp.root_dir=$(CURDIR) --config=.binder/jupyter_server_config.json

# The explorer as one page that needs no server: made anew, then opened where there is a browser.
app: $(READY)
	mkdir -p build
	$(BIN)/kontum explorer --out build/kham-pha.html
	-$(BIN)/python -m webbrowser "file://$(CURDIR)/build/kham-pha.html"

# The site, readable from disk: open build/site/index.html
site: $(READY)
	$(BIN)/python docs/make_site.py

times: $(READY)
	$(BIN)/python docs/run_times.py

# Files and formatted lines a wing, floors, the longest module, lines over 120, fmt: skip.
size: $(READY)
	$(BIN)/python -m tests.size

install: $(READY)

# The lock holds a hash for every file, so what is installed is what was tested. The last line builds matplotlib's list of
# fonts, which otherwise reports itself in the first notebook that draws.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Kon Tum Analysis needs Python 3.11 or newer')"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -c "import matplotlib.font_manager"
	touch $(READY)

lint: $(READY)
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .
	$(BIN)/python -m mypy

clean:
	rm -rf .venv build *.egg-info
