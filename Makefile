# Two commands do everything: `make demo` and `make test`.  Each installs what it needs and may be repeated.
PY := .venv/bin/python
SHELL := /bin/bash
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup:  ## system packages, virtual environment and pinned Python packages to run the program
	@.ci/setup run

setup-dev:  ## the same and the development tools
	@.ci/setup dev

demo: setup  ## training PKI and soft token, sign, timestamp and verify the sample decision, open the window
	@$(PY) -m bdsigner training demo build/demo

run: setup  ## open the window
	@$(PY) -m bdsigner

test: setup-dev check  ## all checks and tests

check: setup-dev locale-check  ## formatting, lint, types, imports, dependencies, tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m deptry bdsigner
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

fix: setup-dev  ## let the tools mend what they can
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: setup-dev  ## measure against the yardsticks, as ratios in the same run
	$(PY) -m tests.bench.table

corpus: setup-dev  ## verify the files of CORPUS=DIR/manifest.json, one JSON line a file to OUT=FILE
	$(PY) -m tests.corpus $(CORPUS) $(OUT)

mutants: setup-dev  ## 3,000 changed bytes and 6,000 cuts, splices and object edits: none may be accepted (some 5 minutes)
	BDSIGNER_MUTANTS=3000 $(PY) -m pytest -q -s tests/verification/test_mutants.py

soak: setup-dev  ## 200 cards in and out, 10,000 signatures: nothing may pile up (some 8 minutes)
	BDSIGNER_SOAK_CYCLES=200 BDSIGNER_SOAK_SIGNATURES=10000 $(PY) -m pytest -q -s tests/token/test_soak.py

screenshots: setup-dev  ## drive the real window under Xvfb and keep its pictures in docs/
	BDSIGNER_SCREENSHOTS=docs/screenshots $(PY) -m pytest -q tests/window/test_window.py tests/window/test_token_window.py tests/window/test_signing_flows.py tests/window/test_register_window.py tests/window/test_recipient_flows.py tests/window/test_encryption_window.py tests/window/test_request_flows.py

POT := build/bdsigner.pot
CATALOGUE := resources/locale/en/LC_MESSAGES/bdsigner
locale: setup-dev  ## bring the English catalogue up to date with the source, and compile it
	@mkdir -p build
	$(PY) -m babel.messages.frontend -q extract -k tr -k tr_noop -k _ --no-location --sort-output --omit-header -o $(POT) bdsigner
	$(PY) -m babel.messages.frontend -q update -i $(POT) -o $(CATALOGUE).po -l en --no-fuzzy-matching --ignore-obsolete --omit-header
	$(PY) -m babel.messages.frontend -q compile -f -i $(CATALOGUE).po -o $(CATALOGUE).mo

locale-check: setup-dev
	@$(PY) -m pytest -q tests/messages/test_catalogue.py

lock: setup-dev  ## renew the pinned packages
	cd .ci && $(CURDIR)/.venv/bin/pip-compile -q --upgrade --allow-unsafe --generate-hashes --strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra training --output-file requirements.lock ../pyproject.toml
	cd .ci && $(CURDIR)/.venv/bin/pip-compile -q --upgrade --allow-unsafe --generate-hashes --strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra training --extra dev --output-file requirements-dev.lock ../pyproject.toml

report: setup-dev  ## advice that cannot be right every time: dead code, long modules
	$(PY) -m vulture bdsigner --min-confidence 60 || true
	@find bdsigner -name '*.py' | xargs wc -l | sort -rn | head -15

.PHONY: help setup setup-dev demo run test check fix bench corpus mutants soak screenshots locale locale-check lock report
