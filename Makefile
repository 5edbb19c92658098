# make run   sets everything up and opens the app on 127.0.0.1
# make test  sets everything up and runs every check; what CI runs
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# An endpoint, or no model at all, needs no embedded one (1.1 GB).
EMBEDDED := $(if $(OPENAI_BASE_URL)$(filter off endpoint,$(JIXIAO_LLM)),,.venv/embedded)

.PHONY: run test check setup bench record lock clean

run: setup
	$(if $(EMBEDDED),$(BIN)/jixiao model,)
	$(BIN)/jixiao serve

test: setup check
	sh tests/debian.sh
	$(BIN)/pytest --cov=assistant --cov=schemas --cov-report=term:skip-covered

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: .venv/ready $(EMBEDDED)

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

.venv/embedded: requirements-embedded.lock .venv/ready
	$(PIP) --no-deps --require-hashes -r requirements-embedded.lock
	touch $@

bench: setup
	$(BIN)/python -m eval.bench
	$(BIN)/python -m eval.bench_ask
	$(BIN)/python -m eval.bench_passages

# Records the model's responses again; says first how long it will take.
record: setup
	$(BIN)/python -m eval.record samples

lock:
	$(PIP) uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet -o requirements.lock
	$(BIN)/uv pip compile --group embedded --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet -o requirements-embedded.lock

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
