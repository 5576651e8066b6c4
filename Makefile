# Two commands do everything: `make run` serves a filled installation, `make test` passes the tests.
# `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install run test lint types contracts acceptance audit sbom bench lock screenshots clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

install: $(INSTALLED) ## make the virtual environment and install from the lock

$(INSTALLED): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: install ## serve a working, filled installation on http://127.0.0.1:8000
	$(BIN)/leadline serve --demo

test: install ## run the test suite
	$(BIN)/python -m pytest -n auto --dist worksteal $(ONLY)

acceptance: install ## slow tests against real clients and real servers
	$(BIN)/python -m pytest -n auto -m acceptance tests/acceptance $(ONLY)

lint: install ## ruff: style, bugs, security
	$(BIN)/ruff check --no-cache . && $(BIN)/ruff format --no-cache --check .

types: install ## mypy, strict
	$(BIN)/mypy

contracts: install ## import-linter: who may import what
	$(BIN)/lint-imports

audit: install ## static analysis, secrets in the sources, known holes in dependencies
	$(BIN)/python -m tests.supply_chain

sbom: install ## the bill of materials of a release: CycloneDX, in sbom.cdx.json
	$(BIN)/python -m tests.supply_chain.dependencies

bench: install ## measure speed, as ratios in one run, and write docs/reference/benchmarks.md
	$(BIN)/python -m tests.benchmarks

screenshots: install ## every page of ./data, light and dark, narrow to very wide, into screenshots/
	$(BIN)/python -m tests.browser.screenshots

lock: ## renew requirements.lock (needs uv)
	uv pip compile pyproject.toml --all-extras --group dev --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --universal --no-annotate --custom-compile-command "make lock" -o requirements.lock

clean: ## remove the virtual environment and caches; the data folder stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
