# What one can do here. `make` alone lists it.
# Needs Python 3.11 or newer; all else is installed into .venv, with the hashes of the lock files.

SHELL := /bin/sh
VENV := .venv
PYTHON := $(VENV)/bin/python
# One worker more than the two cores: who starts servers and browsers often waits for them.
PYTEST := $(PYTHON) -m pytest -n 3 --dist worksteal
# Compiling all tests takes each worker seven seconds; the second database finds it done.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test check setup lint types layers migrations tests-sqlite tests-postgres shots pictures words clean

help: ## List what one can do
	@grep -hE '^[a-z-]+:.*## ' Makefile | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: $(VENV)/.installed ## Set everything up and serve Goodword (Ctrl-C stops it)
	@exec $(PYTHON) -m goodword run

setup: $(VENV)/.installed-dev ## Install what development needs into .venv

test: $(VENV)/.installed-dev ## Run the tests on SQLite; says which could not run here, and why
	@GOODWORD_TEST_DATABASE=sqlite $(PYTEST) -m "not long"
	@echo "The long ones (pytest -m long) are left to make check."

# One after the other, so that the first fault is the last thing on the screen.
check: $(VENV)/.installed-dev ## Everything that must hold: lint, types, layers, migrations, tests on both databases
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory layers
	@$(MAKE) --no-print-directory migrations
	@$(MAKE) --no-print-directory tests-sqlite
	@$(MAKE) --no-print-directory tests-postgres

lint: $(VENV)/.installed-dev ## Look for faults of style (make lint FIX=1 mends what it can)
	@$(if $(FIX),$(PYTHON) -m ruff check --fix . && $(PYTHON) -m ruff format .,$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check .)

# Settings make the data folder and its keys when they are read, so the tools get a folder that goes.
in_passing = data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && GOODWORD_DATA="$$data" $(1)

types: $(VENV)/.installed-dev ## Check the types
	@$(call in_passing,$(PYTHON) -m mypy goodword)

layers: $(VENV)/.installed-dev ## Check that imports point down only
	@$(VENV)/bin/lint-imports

migrations: $(VENV)/.installed-dev ## Check that no migration is missing
	@$(call in_passing,$(PYTHON) -m django makemigrations --check --dry-run --settings goodword.settings)

# Strict: what isn't installed (PostgreSQL, Dovecot, Chromium) is a fault and not a gap.
tests-sqlite: $(VENV)/.installed-dev ## Run all tests on SQLite
	@echo "Tests on SQLite"
	@GOODWORD_TEST_STRICT=1 GOODWORD_TEST_DATABASE=sqlite $(PYTEST)

tests-postgres: $(VENV)/.installed-dev ## Run all tests on PostgreSQL
	@echo "Tests on PostgreSQL"
	@GOODWORD_TEST_STRICT=1 GOODWORD_TEST_DATABASE=postgres $(PYTEST)

shots: $(VENV)/.installed-dev ## Save screenshots of the pages below shots/
	@GOODWORD_TEST_STRICT=1 GOODWORD_TEST_SHOTS=1 $(PYTEST) -m browser && echo "The pictures are in shots/"

pictures: $(VENV)/.installed-dev ## Take the README's pictures anew, of the example, into docs/pictures/
	@$(PYTHON) tools/pictures.py

# Django's tools work on the folder they stand in; -P keeps its rooms from being taken for packages.
django_words = ../$(PYTHON) -P -m django $(1) --settings goodword.settings --pythonpath ..
words: $(VENV)/.installed-dev ## Gather all wording into the catalogues and compile them (NEW=fr begins French)
	@command -v msgfmt > /dev/null || { echo "make words needs GNU gettext: apt install gettext"; exit 1; }
	@cd goodword && $(call in_passing,$(call django_words,makemessages) $(if $(NEW),-l $(NEW),-a) -i tests --no-obsolete --add-location file)
	@cd goodword && $(call in_passing,$(call django_words,compilemessages))

clean: ## Remove .venv and what the tools keep; the data folder stays
	rm -rf $(VENV) shots build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find goodword tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. A stamp says what was installed last, so that the next start takes no time.

$(VENV)/.installed: requirements.lock
	@sh tools/environment.sh requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock
	@sh tools/environment.sh requirements-dev.lock
	@touch $@ $(VENV)/.installed
