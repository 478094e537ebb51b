# Every target does the set-up it needs, under this folder; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
ARGS ?=

MAKEFLAGS += --no-print-directory
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help venv programs home-assistant demo test lint format types test-3.14 test-daemon \
	test-firmware test-contract test-coach test-e2e test-integration types-integration home \
	test-home bench bench-home-assistant bench-detection chaos cluster fuzz contract coach-year \
	wheel release hacs version brand lock clean

help: ## List the targets
	@sed -n 's/^\([a-z0-9.-]*\):.*## \(.*\)/\1 \2/p' $(MAKEFILE_LIST) | \
		while read -r name text; do printf '  %-16s %s\n' "$$name" "$$text"; done

venv: ## Make .venv with the command .venv/bin/ql-release
	@$(PYTHON) scripts/environment.py

programs: venv ## Set up MicroPython, Mosquitto, NATS and Python 3.14 beside it
	@$(BIN)/python scripts/programs.py
	@if [ -x .tools/bin/python3.14 ]; then \
		$(BIN)/python scripts/environment.py --folder .venv-3.14 \
			--python .tools/bin/python3.14 --pip-of $(BIN)/python; \
	fi

home-assistant: programs ## Set up Home Assistant in .venv-ha, to test the integration in
	@if [ -x .tools/bin/python3.14 ]; then \
		$(BIN)/python scripts/environment.py --folder .venv-ha \
			--python .tools/bin/python3.14 --pip-of $(BIN)/python \
			--lock requirements/integration.txt --without-project; \
	else \
		$(BIN)/python scripts/programs.py --missing python3.14; \
	fi

# The project is installed too: the tests start its daemon beside Home Assistant.
home: programs ## Set up Home Assistant as people run it, in .venv-home
	@if [ -x .tools/bin/python3.14 ]; then \
		$(BIN)/python scripts/environment.py --folder .venv-home \
			--python .tools/bin/python3.14 --pip-of $(BIN)/python \
			--lock requirements/home.txt; \
	else \
		$(BIN)/python scripts/programs.py --missing python3.14; \
	fi

demo: venv ## Show a whole session, from tool to MQTT, in under a minute
	@$(BIN)/python scripts/programs.py
	@$(BIN)/ql-release demo $(ARGS)

test: home-assistant lint types test-3.14 types-integration test-integration test-home ## Check everything
	@$(PYTEST) $(ARGS)

lint: venv ## Check style
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

format: venv ## Correct what the style checks can correct
	@$(BIN)/ruff check --fix-only
	@$(BIN)/ruff format

types: venv ## Check types
	@$(BIN)/mypy

test-daemon: programs ## Test the daemon
	@$(PYTEST) tests/daemon $(ARGS)

test-firmware: programs ## Test the firmware, under MicroPython and CPython
	@$(PYTEST) tests/firmware $(ARGS)

test-contract: programs ## Test the wire and MQTT contracts
	@$(PYTEST) tests/contract $(ARGS)

test-coach: venv ## Test the coach, without Home Assistant
	@$(PYTEST) tests/coach $(ARGS)

test-e2e: programs ## Test the whole chain, with a real broker
	@$(PYTEST) tests/e2e $(ARGS)

test-3.14: programs ## Test contract, daemon and coach on the Python that Home Assistant needs
	@if [ -x .venv-3.14/bin/python ]; then \
		.venv-3.14/bin/python -m pytest -q -o cache_dir=.pytest_cache/3.14 \
			tests/contract tests/daemon tests/coach; \
	else \
		$(BIN)/python scripts/programs.py --missing python3.14; \
	fi

types-integration: home-assistant ## Check the Home Assistant integration's types
	@if [ -x .venv-ha/bin/python ]; then \
		.venv-ha/bin/mypy --config-file integration/mypy.ini; \
	fi

test-home: home ## Test a whole Home Assistant with broker, daemon and tool (minutes)
	@if [ -x .venv-home/bin/python ]; then \
		.venv-home/bin/python -m pytest -q -o cache_dir=.pytest_cache/home tests/home_assistant $(ARGS); \
	fi

COVERAGE = .coverage.json
COVERED = --cov=integration/custom_components --cov-branch \
	--cov-report=term-missing:skip-covered --cov-report=json:$(COVERAGE)

test-integration: home-assistant ## Test the Home Assistant integration, in Home Assistant
	@if [ -x .venv-ha/bin/python ]; then \
		.venv-ha/bin/python -m pytest -c integration/pytest.ini --rootdir . tests/integration \
			$(or $(ARGS),$(COVERED)) \
		$(if $(ARGS),,&& $(BIN)/python scripts/coverage_of_each.py $(COVERAGE) 97); \
	fi

bench: programs ## Measure speed and memory, as ratios
	@missed=0; for file in tests/bench/*.py; do echo "== $$file"; \
		PYTHONPATH=tests/support $(BIN)/python "$$file" || missed=1; done; exit $$missed

bench-home-assistant: home-assistant ## Measure the integration beside Home Assistant's own MQTT entities
	@if [ -x .venv-ha/bin/python ]; then \
		.venv-ha/bin/python -m pytest -c integration/pytest.ini --rootdir . -p no:logging \
			tests/bench/home_assistant/bench_home.py; \
	fi

bench-detection: venv ## Score the detectors, and write docs/detection.md (some minutes)
	@PYTHONPATH=tests/bench $(BIN)/python -m detection $(ARGS)

cluster: programs ## Kill the nodes of a NATS cluster in turn, and write docs/cluster.md (3 minutes)
	@PYTHONPATH=tests/support:tests/cluster $(BIN)/python -m drill $(ARGS)

chaos: programs ## Make everything fail, and write docs/reliability.md (about ten minutes)
	@PYTHONPATH=tests/support:tests/chaos $(BIN)/python -m reliability $(ARGS)

fuzz: venv ## Give a million spoilt inputs to all that reads what others wrote
	@PYTHONPATH=tests/support:tests/fuzz $(BIN)/python -m fuzzing $(ARGS)

contract: venv ## Write the MQTT schemas and examples anew from the models
	@$(BIN)/python -m ql_release.payloads.contract tests/contract/mqtt docs/mqtt.md

coach-year: venv ## Play a year of ten lifters, and write it into docs/coach.md
	@PYTHONPATH=tests/support $(BIN)/python scripts/coach_year.py

wheel: venv ## Build the package into dist/
	@$(BIN)/python -m hatchling build -t wheel

release: venv ## Build what HACS and the marketplace install, into dist/
	@$(BIN)/python scripts/release.py

hacs: venv ## Commit what HACS and the marketplace install to the branch hacs
	@$(BIN)/python scripts/release.py --commit

version: venv ## Say the version of all parts, or set it (VERSION=1.2.0)
	@$(BIN)/python scripts/version.py $(VERSION)

brand: venv ## Draw the icon and logo that Home Assistant shows
	@$(BIN)/uv run --quiet --no-project --python $(BIN)/python scripts/brand.py

COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"
COMPILE_3_11 = $(COMPILE) --python-version 3.11 pyproject.toml
# The oldest patch of Python 3.14 that Home Assistant 2026.10 takes.
COMPILE_3_14 = $(COMPILE) --python-version 3.14.2

lock: venv ## Lock the dependencies anew (ARGS=--upgrade for newer ones)
	@$(COMPILE_3_11) --extra dev --output-file requirements/dev.txt $(ARGS)
	@$(COMPILE_3_11) --extra serial --output-file requirements/run.txt $(ARGS)
	@$(COMPILE_3_14) --group integration --output-file requirements/integration.txt $(ARGS)
	@$(COMPILE_3_14) pyproject.toml --group home --output-file requirements/home.txt $(ARGS)

clean: ## Remove all that was set up or built here
	rm -rf .venv .venv-3.14 .venv-ha .venv-home .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
