# Two commands are enough: `make run` serves the demo clinic, `make test` runs the suite.
# Each makes the virtual environment and installs what it needs first.

.DEFAULT_GOAL := help
.PHONY: help run test check format lock figures bench clean browser

SHELL := /bin/sh
export PATH := $(or $(PATH),/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: $(VENV)/run ## serve the demo clinic on http://127.0.0.1:8000
	$(BIN)/rehab demo

test: $(VENV)/test browser ## run the whole suite, on SQLite and on PostgreSQL
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist worksteal

check: $(VENV)/test ## what must hold before a change lands: format, lint, types, library
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/rehab library check

figures: $(VENV)/run ## draw all figures on one page, var/figures/index.html
	$(BIN)/rehab library figures --out var/figures

bench: $(VENV)/test ## measure, each figure beside its limit; kept in var/bench
	$(BIN)/python -m benchmarks

format: $(VENV)/test ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/test ## renew the lock files from pyproject.toml
	$(PIP) uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --extra build --extra postgres -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --extra build --extra test -c requirements.lock -o requirements-test.lock pyproject.toml

clean: ## remove the virtual environment and the demo's data
	rm -rf $(VENV) var

$(VENV)/run: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test: $(VENV)/run requirements-test.lock
	$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

browser:
	@sh tools/find-chromium --install >/dev/null

$(BIN)/python:
	@sh tools/make-venv $(VENV)
