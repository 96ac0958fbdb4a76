# Two commands do everything on a fresh machine: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXPLORE_VENV := .venv-explore
SLICER_PINS_VENV := .venv-slicer-pins
SLICER_PYTHON ?= python3.12
DEMO ?= demo-output
TESTS ?=
# What runs without slicer-core, Qt and a browser.
LIBRARY_TESTS := $(addprefix Testing/Python/,anatomy imaging agreement review sample cohort commands test_python_interface.py)

.PHONY: help setup setup-test demo viewer explore-env test test-all test-slicer-pins docs benchmark lint lint-javascript clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

setup: $(VENV)/installed ## a virtual environment with the library and its command line

setup-test: $(VENV)/installed-test ## the same with what the tests need

demo: setup ## make a synthetic cohort, compare six models on it, write the report
	$(BIN)/concordance demo --output $(DEMO)

viewer: setup ## fetch the browser viewer (OHIF, needs npm) into the user's cache
	$(BIN)/concordance view --fetch-only

explore-env: $(EXPLORE_VENV)/installed ## a second virtual environment, for `concordance explore`

# Many tests start the command line anew: it is compiled once, also where Python is told to keep nothing.
test test-all test-slicer-pins: export PYTHONDONTWRITEBYTECODE =

test: setup-test ## the tests but those marked slow, on all processors; make test TESTS=Testing/Python/imaging runs those there
	$(BIN)/python Testing/check_system.py
	$(BIN)/pytest --numprocesses auto $(if $(TESTS),$(TESTS),-m "not slow")

test-all: setup-test ## all tests, as CI runs them
	$(BIN)/python Testing/check_system.py
	$(BIN)/pytest --numprocesses auto

test-slicer-pins: $(SLICER_PINS_VENV)/installed ## the library's tests with the versions that Slicer 5.12 brings; Python 3.12
	$(SLICER_PINS_VENV)/bin/python Testing/check_slicer_pins.py
	$(SLICER_PINS_VENV)/bin/pytest --numprocesses auto $(LIBRARY_TESTS)

docs: $(VENV)/installed-docs ## the pages of docs/ and of the Python interface, into build/docs; a warning is an error
	$(BIN)/python Scripts/make_api_pages.py docs/api
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs
	@echo "Documentation: build/docs/index.html"

benchmark: setup-test ## speed on the full sample, as ratios within one run; takes a quarter of an hour
	PYTHONPATH=Testing/Python $(BIN)/python Testing/Benchmarks/run.py

lint: setup-test ## style, types of the library, and those of the pages' JavaScript where npm is there
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory lint-javascript; \
	else echo "The JavaScript of the pages is not checked: needs npm (apt-get install npm)"; fi

lint-javascript: node_modules/installed
	npm run --silent lint

# eslint and the TypeScript compiler: tools for those who change a page, nothing that is shipped.
node_modules/installed: package.json package-lock.json
	npm ci --silent --no-audit --no-fund
	@touch $@

clean: ## remove the virtual environments and the demo's output
	rm -rf $(VENV) $(EXPLORE_VENV) $(SLICER_PINS_VENV) $(DEMO) build docs/api node_modules

$(VENV)/bin/python:
	@$(PYTHON) Testing/check_python.py
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-test: pyproject.toml $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/installed-docs: pyproject.toml $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

# trame-slicer wants another slicer-core than the rest, so it has an environment of its own.
$(EXPLORE_VENV)/installed: pyproject.toml
	@$(PYTHON) Testing/check_python.py
	$(PYTHON) -m venv $(EXPLORE_VENV)
	$(EXPLORE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[explore]'
	@touch $@

$(SLICER_PINS_VENV)/installed: pyproject.toml Testing/slicer_pins.txt
	$(SLICER_PYTHON) -m venv $(SLICER_PINS_VENV)
	$(SLICER_PINS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check \
	  --constraint Testing/slicer_pins.txt --editable '.[library-test]'
	@touch $@
