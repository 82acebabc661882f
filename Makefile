# make run   -> sets up what is missing and opens Myoscope on http://127.0.0.1:8000
# make test  -> sets up what is missing and runs everything that CI runs
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
SUDO   := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)

.PHONY: help setup setup-dev system-packages run test quick lint bench norms calibrate lock clean

help:
	@sed -n '1,2s/^# //p' Makefile
	@echo "make quick -> the fast tests (under a minute);  make lint;  make bench;  make norms;  make lock -> refresh requirements/"

# The virtual environment is rebuilt only when a lock file changes.
setup: $(VENV)/.run-ready
setup-dev: $(VENV)/.dev-ready

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Myoscope needs Python 3.11 or newer; PYTHON=/path/to/python3.11 make ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: installing it"; $(SUDO) apt-get update -qq; $(SUDO) apt-get install -y -qq python3-venv; $(PYTHON) -m venv $(VENV); }

$(VENV)/.run-ready: requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-ready: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run-ready

# A browser for the page tests and a Java runtime for the Spark test: Debian's, when they are missing.
system-packages:
	@command -v chromium >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq chromium; }
	@command -v java >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq openjdk-17-jre-headless; }

run: setup
	$(BIN)/myoscope serve --port $(PORT)

test: setup-dev system-packages lint
	$(BIN)/python -m pytest -n auto --dist loadfile

quick: setup-dev
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not slow and not browser and not spark"

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/myoscope knowledge check

bench: setup-dev
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bench.txt
	$(BIN)/python -m benchmarks

# The muscle model, from the published arms in ../shared/trials: some minutes, and packages that nobody else needs.
calibrate: setup-dev
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/calibrate.txt
	$(BIN)/python -m calibration.muscle

# Our own reference curves, fitted anew from ../shared/data/nhanes (some minutes).
norms: setup-dev
	$(BIN)/python -m calibration.norms

# Needs uv (pip install uv). No index addresses are written.
lock:
	uv pip compile pyproject.toml requirements/build.in --universal --python-version 3.11 --extra web --extra cohort --generate-hashes --no-header --no-emit-index-url -o requirements/run.txt
	uv pip compile pyproject.toml requirements/build.in --universal --python-version 3.11 --extra dev -c requirements/run.txt --generate-hashes --no-header --no-emit-index-url -o requirements/dev.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --extra calibrate -c requirements/dev.txt --generate-hashes --no-header --no-emit-index-url -o requirements/calibrate.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --extra bench -c requirements/dev.txt --generate-hashes --no-header --no-emit-index-url -o requirements/bench.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
