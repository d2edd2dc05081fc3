# The verbs of this repository. Each works from a fresh clone, as root and as a normal user.
#   make setup   .venv with everything, and the web pages built
#   make demo    a running, filled Emban to look at
#   make test    every check and every test
#   make fmt     format the code
#   make bench   the benchmarks (a few minutes; docs/performance.md explains the figures)

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
STAMP := $(VENV)/.installed
WEB_STAMP := $(VENV)/.web-built
STATIC := src/emban/app/static
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo serve test fmt bench lint types unit web web-check clean lock

setup: $(STAMP) $(WEB_STAMP)

$(STAMP): requirements.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh
	@touch $@

$(WEB_STAMP): $(STAMP) $(WEB_SOURCES)
	@sh tools/web.sh build
	@touch $@

web: $(WEB_STAMP)

demo: setup
	$(BIN)/emban demo --port $(PORT)

serve: setup
	$(BIN)/emban serve --port $(PORT)

fmt: setup
	$(BIN)/ruff check --fix-only --quiet src tests bench tools clients examples
	$(BIN)/ruff format src tests bench tools clients examples
	@sh tools/web.sh format

lint: setup
	$(BIN)/ruff check src tests bench tools clients examples
	$(BIN)/ruff format --check src tests bench tools clients examples
	$(BIN)/lint-imports
	$(BIN)/python tools/check_sizes.py
	$(BIN)/python tools/check_tree.py

types: setup
	$(BIN)/mypy

web-check: setup
	@sh tools/web.sh check

test: lint types web-check
	@sh tools/test.sh

bench: setup
	$(BIN)/python -m bench

lock: $(STAMP)
	@sh tools/lock.sh

clean:
	rm -rf $(VENV) web/node_modules $(STATIC) .mypy_cache .ruff_cache .pytest_cache .hypothesis
