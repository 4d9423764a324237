# make reproduce: build the environment and do the main job.   make test: pass the tests.   make lab: open JupyterLab.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: reproduce test test-slow bench verify lab install lint clean

reproduce: $(READY)
	$(BIN)/kontum reproduce

test: $(READY)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m pytest -n 2 --dist loadscope -m "not slow" tests kontum_analysis
	$(BIN)/python -m pytest -n 2 --dist loadscope --nbval --nbval-current-env notebooks

test-slow: $(READY)
	$(BIN)/python -m pytest -m slow tests

# The second line writes its table into docs/benchmarks.md; with --reproduce it measures the whole of kontum reproduce too.
bench: $(READY)
	$(BIN)/python -m pytest --benchmark-enable --benchmark-only -p no:xdist tests/benchmarks
	$(BIN)/python -m tests.benchmarks --write

verify: $(READY)
	$(BIN)/kontum verify

lab: $(READY)
	$(BIN)/jupyter lab --LabApp.news_url= --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate notebooks/00_index.ipynb

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

clean:
	rm -rf .venv build *.egg-info
