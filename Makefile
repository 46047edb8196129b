# Needs Python 3.11 to 3.13 and make; everything else goes into .venv and .jikimi in this folder.
.DEFAULT_GOAL := help
PYTHON ?= $(firstword $(foreach p,python3.12 python3.13 python3.11 python3,$(if $(shell $(p) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo ok),$(p))))
REQUIREMENTS := infra/requirements
STAMP = .venv/$(1)-$(shell cat $(REQUIREMENTS)/$(1).txt pyproject.toml | cksum | cut -d' ' -f1)

.PHONY: help up down reset env test check bench chaos faults dashboards lock

help: ## say what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/'

up: $(call STAMP,runtime) ## set everything up and run it (DETACH=1 comes back, DEMO=0 without simulated data, EXECUTOR=celery on two workers)
	@exec .venv/bin/python -m infra.local up

down: $(call STAMP,runtime) ## stop it
	@.venv/bin/python -m infra.local down

reset: $(call STAMP,runtime) ## stop it, ask, delete all data
	@.venv/bin/python -m infra.local reset

env: ## make .env with generated secrets for docker compose
	@$(PYTHON) -m infra.compose.env

test: $(call STAMP,dev) ## run every test: the real stack first, then the others with one worker for each core
	@# The real stack has the machine to itself: it is asked to heal within a time.
	.venv/bin/pytest tests/acceptance
	.venv/bin/pytest --numprocesses logical --maxprocesses 4 --no-loadscope-reorder tests/unit tests/integration

check: $(call STAMP,dev) ## ruff, mypy, import-linter
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: $(call STAMP,dev) ## measure, print JSON lines
	.venv/bin/python -m tests.benchmarks

chaos: $(call STAMP,dev) ## kill senders, database and channels 300 times and account for every alert
	.venv/bin/python -m tests.chaos $(if $(TRIALS),--trials $(TRIALS)) $(if $(SEED),--seed $(SEED))

faults: $(call STAMP,dev) ## kill each part of a private stack under 100 rows/s, print the seconds until it is whole again
	.venv/bin/python -m tests.faults $(if $(EXECUTOR),--executor $(EXECUTOR)) $(if $(PART),--part $(PART))

dashboards: $(call STAMP,dev) ## check every dashboard against Grafana's own types, draw it into docs/pictures (needs npm and Chromium)
	@command -v npm >/dev/null || { echo "make dashboards: npm was not found on the PATH: install Node.js 20 or newer with npm, then run it again"; exit 1; }
	npm --prefix grafana/typing ci --ignore-scripts --no-audit --no-fund
	npm --prefix grafana/typing run --silent check
	npm --prefix grafana/drawing ci --ignore-scripts --no-audit --no-fund
	npm --prefix grafana/drawing run --silent build
	.venv/bin/python -m tests.drawing

lock: $(call STAMP,dev) ## pin every dependency anew
	$(REQUIREMENTS)/lock.sh

.venv/bin/uv: $(REQUIREMENTS)/bootstrap.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 found: install one, or say which with make PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --require-hashes --requirement $(REQUIREMENTS)/bootstrap.txt
	@touch $@

.venv/runtime-% .venv/dev-%: .venv/bin/uv
	@# Compiled now, once: seven services that start together would each do it for themselves.
	.venv/bin/uv pip install --quiet --compile-bytecode --no-deps --require-hashes --requirement $(REQUIREMENTS)/$(word 1,$(subst -, ,$(@F))).txt
	.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
