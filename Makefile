.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := inspection store crawler scheduler api cli practice tests benchmarks

.PHONY: help setup demo test check benchmarks lock

help: ## Show these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.ready ## Make the virtual environment from the lock file

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 setup"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { apt-get update -qq && apt-get install -y -qq python3-venv; } || \
		{ echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## Run one round on a simulated national web, then leave the API up (DEMO_EXIT=1: end by itself)
	$(BIN)/xuncha demo $(if $(DEMO_EXIT),--exit)

test: setup ## Run all tests: two at a time, then one by one those that need the machine to themselves
	$(BIN)/python -m pytest -m "not alone" --numprocesses 2 --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest -m alone

check: setup ## Formatting, lint, types and the import rule
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

benchmarks: setup ## Run all benchmarks and write docs/performance.md (20 minutes; AGAIN=1: measure anew)
	PYTHONPATH=. $(BIN)/python benchmarks/report.py $(if $(AGAIN),--again)

lock: ## Renew the lock file from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --all-extras --group build --generate-hashes \
		--no-emit-index-url --custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml
