# Everything below works on a machine that has Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
WORKERS ?= 2
# certificates are those of the machine; bytecode is compiled once at installation and kept: start-up halves
unexport PYTHONDONTWRITEBYTECODE
export UV_SYSTEM_CERTS = 1
export UV_NATIVE_TLS = 1
export GX_ANALYTICS_ENABLED = false
export DAGSTER_DISABLE_TELEMETRY = 1

.DEFAULT_GOAL := help
.PHONY: help sync sync-demo demo ui test test-quick lint types imports docs docs-check fmt bench build clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

$(BIN)/uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.demo: pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -e '.[embedded,webserver]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -e '.[dev]'
	@touch $@ $(VENV)/.demo

sync: $(VENV)/.dev ## install everything for development into .venv
sync-demo: $(VENV)/.demo

demo: $(VENV)/.demo ## run the whole pipeline on a sample database in an embedded PostgreSQL
	$(BIN)/anon-assets demo

ui: $(VENV)/.demo ## open the Dagster UI on this project (http://127.0.0.1:3000)
	mkdir -p .anon/dagster
	DAGSTER_HOME=$(CURDIR)/.anon/dagster $(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1

test: $(VENV)/.dev lint types imports docs-check ## everything that CI runs
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup

test-quick: $(VENV)/.dev ## tests without the slow ones and the browser
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "not slow and not browser"

lint: $(VENV)/.dev ## ruff: rules and layout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## mypy, strict
	$(BIN)/mypy

imports: $(VENV)/.dev ## import contracts
	$(BIN)/lint-imports

docs: $(VENV)/.dev ## write the generated pages in docs/
	$(BIN)/python docs/generate.py

docs-check: $(VENV)/.dev
	$(BIN)/python docs/generate.py --check

fmt: $(VENV)/.dev ## let ruff lay out the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## figures side by side with peers
	$(BIN)/python -m benchmarks.transforms
	$(BIN)/python benchmarks/pipeline.py
	$(BIN)/python -m benchmarks.scan_quality
	$(BIN)/python -m benchmarks.scan_speed

build: $(VENV)/.dev ## a wheel and a source archive in dist/
	$(BIN)/uv build --quiet

clean: ## remove the virtual environment and everything the project wrote
	rm -rf $(VENV) .anon dist build
