# The verbs of this repository. Each works from a fresh clone, as root and as a normal user; `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# Workers of pytest, each with a PostgreSQL and a ClickHouse of its own.
WORKERS ?= 2
PYTHON_SOURCES := src tests bench tools clients examples
STAMP := $(VENV)/.installed
WEB_STAMP := $(VENV)/.web-built
STATIC := src/emban/app/static
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -name '*.tsbuildinfo' 2>/dev/null)

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo serve check lint types unit web web-check test test-one browser generate generate-check fmt \
	bench lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1 \2/p' Makefile | awk '{ verb = $$1; $$1 = ""; printf "  %-15s%s\n", verb, $$0 }'

setup: $(STAMP) $(WEB_STAMP) ## .venv with everything, and the web pages built

$(STAMP): requirements.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh
	@touch $@

$(WEB_STAMP): $(WEB_SOURCES) | $(STAMP)
	@sh tools/web.sh build
	@touch $@

web: $(WEB_STAMP) ## the web pages alone

demo: setup ## a running, filled Emban to look at; PORT=8000
	$(BIN)/emban demo --port $(PORT)

serve: setup ## an empty Emban; PORT=8000
	$(BIN)/emban serve --port $(PORT)

check: setup ## before each commit: lint, types, unit tests, types and tests of the web
	@sh tools/side_by_side.sh lint types unit web-check

lint: setup ## style, imports, sizes, what must not be in the tree
	$(BIN)/ruff check $(PYTHON_SOURCES)
	$(BIN)/ruff format --check $(PYTHON_SOURCES)
	$(BIN)/lint-imports
	$(BIN)/python tools/check_sizes.py
	$(BIN)/python tools/check_tree.py

types: setup ## mypy
	$(BIN)/mypy

unit: setup ## the tests without engines and sockets
	$(BIN)/pytest tests/unit $(ARGS)

web-check: setup ## types, lint and unit tests of the web workspace
	@sh tools/web.sh check

test: browser setup ## every check and every test, with the coverage of branches; WORKERS=2
	@sh tools/side_by_side.sh lint types generate-check web-check
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report=term:skip-covered --durations=20 $(ARGS)

test-one: setup ## one test: K=part_of_its_name, or a path with K=tests/unit/test_docs.py
	$(BIN)/pytest $(if $(wildcard $(firstword $(subst ::, ,$(K)))),$(K),-k "$(K)") $(ARGS)

browser: ## Chromium for the browser tests: says what is missing before anything runs, and installs it where it may
	@sh tools/browser.sh

generate: setup ## reference pages and the web's types, from the code
	$(BIN)/python -m tools.reference
	@sh tools/web.sh generate

generate-check: setup ## fails where what is generated is not what the code says
	$(BIN)/python -m tools.reference --check
	@sh tools/web.sh generate-check

fmt: setup ## format everything
	$(BIN)/ruff check --fix-only --quiet $(PYTHON_SOURCES)
	$(BIN)/ruff format $(PYTHON_SOURCES)
	@sh tools/web.sh format

bench: setup ## the benchmarks, a few minutes; docs/performance.md explains the figures
	$(BIN)/python -m bench

lock: $(STAMP) ## requirements.lock, from pyproject.toml
	@sh tools/lock.sh

clean: ## away with everything that can be made again
	rm -rf $(VENV) web/node_modules $(STATIC) src/emban/render/assets .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
