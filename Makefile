# tripkit's recipes. `make` alone lists them; each one sets up what it needs, in .venv, and says what it does.
# Needed beforehand: make, and Python 3.11 or newer.

PORT ?= 5000
VENV ?= .venv
PYTEST ?=
FUZZ ?= 100000
SEED ?= 1
CASE ?=
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --require-hashes

# An environment is ready when its stamp is there; the stamp's name holds the content of what was installed.
sum = $(shell cat $(1) | cksum | cut -d ' ' -f 1)
RUN := $(VENV)/ready/run-$(call sum,requirements/run.txt requirements/build.txt pyproject.toml)
TEST := $(VENV)/ready/test-$(call sum,requirements/test.txt pyproject.toml)
CHECK := $(VENV)/ready/check-$(call sum,requirements/check.txt pyproject.toml)
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

# The first Python on the path that is new enough and can make an environment.
define FIND_PYTHON
for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo "$$python"; exit 0; fi; \
done; \
echo "tripkit needs Python 3.11 or newer with its venv module, and none was found on the path." >&2; \
echo "On Debian and Ubuntu: sudo apt-get install python3 python3-venv. Elsewhere: python.org. Or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
exit 1
endef

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz check lint layers types docs wheel bench growth format lock clean

help: ## List these recipes
	@echo "tripkit: make RECIPE"
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  \1  \2/p' Makefile | awk '{name = $$1; $$1 = ""; printf "  %-8s%s\n", name, $$0}'

demo: $(RUN) ## Show a trip that is fully booked and one that is open (PORT=5000)
	@echo "Starting the demo: a fresh database, the sample trip, its bookings."
	@$(PY) -m tripkit demo --port $(PORT)

test: $(TEST) ## Run the tests (PYTEST="-k queue" chooses)
	@echo "Running the tests on every processor. SQLite always; PostgreSQL and a browser where this machine has them."
	@$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST)

fuzz: $(TEST) ## Send a site what nobody would think of (FUZZ=100000 SEED=1; CASE=4711 shows one again)
	@echo "Asking for everything there is in strange ways; what is wrong is told as it is found."
	@$(PY) -m tests.fuzz --requests $(FUZZ) --seed $(SEED) --processes $$($(PY) -c 'import os; print(os.cpu_count())') $(if $(CASE),--case $(CASE))

check: lint types docs test ## Everything that continuous integration runs
	@echo "All checks passed."

lint: $(CHECK) ## Look for mistakes and misformatted files
	@echo "Reading the code: mistakes and format."
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

layers: $(CHECK) ## Check that imports point downwards only
	@echo "Checking that imports point downwards only."
	@$(VENV)/bin/lint-imports --no-logo

types: $(CHECK) ## Check the types
	@echo "Checking the types."
	@$(PY) -m mypy

docs: $(CHECK) ## Build the documentation into docs/_build/html, warnings as errors
	@echo "Building the documentation."
	@$(PY) -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "Built: docs/_build/html/index.html"

wheel: $(RUN) ## Build the wheel and the source distribution into dist/
	@echo "Building the wheel."
	@$(PY) -m hatchling build -d dist

bench: $(RUN) ## Measure pages and sign-ups against bare Flask, on SQLite and PostgreSQL
	@$(PY) -m bench
	@$(PY) -m bench.long_list

growth: $(RUN) ## Measure how everything grows, up to 100,000 participants, into docs/performance.md
	@$(PY) -m bench.growth --write

format: $(CHECK) ## Put the code into its format
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

lock: ## Choose the newest allowed versions and write requirements/ (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	$(LOCK) --upgrade --all-extras --group check -o requirements/check.txt
	$(LOCK) --upgrade --all-extras --group test -c requirements/check.txt -o requirements/test.txt
	$(LOCK) --upgrade --all-extras -c requirements/check.txt -o requirements/run.txt
	uv pip compile --group build --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade \
	  -c requirements/check.txt -o requirements/build.txt

clean: ## Remove what the recipes made
	rm -rf .venv build dist docs/_build var/demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(PY):
	@python="$$($(FIND_PYTHON))" || exit 1; \
	echo "Making an environment in $(VENV) with $$($$python --version)."; \
	"$$python" -m venv $(VENV)

$(RUN): | $(PY)
	@echo "Installing what tripkit needs to run (requirements/run.txt). This happens once."
	@$(PIP) -r requirements/run.txt
	@$(PIP) -r requirements/build.txt
	@$(MAKE) --no-print-directory checkout
	@mkdir -p $(@D) && touch $@

$(TEST): | $(PY)
	@echo "Installing what the tests need (requirements/test.txt). This happens once."
	@$(PIP) -r requirements/test.txt
	@$(MAKE) --no-print-directory checkout
	@mkdir -p $(@D) && touch $@

$(CHECK): | $(PY)
	@echo "Installing what the checks need (requirements/check.txt). This happens once."
	@$(PIP) -r requirements/check.txt
	@$(MAKE) --no-print-directory checkout
	@mkdir -p $(@D) && touch $@

# tripkit itself, as an editable installation of this checkout.
.PHONY: checkout
checkout:
	@$(PY) -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --no-index -e .
