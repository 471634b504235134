# One word for everything: make app, make test, make check, make bench.  Needs Python 3.11 on Debian; the rest it installs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .make
VIEWER := hexapod/app/viewer
# Python keeps what it has compiled, also where a machine is set not to: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=
NPM := cd $(VIEWER) && PATH="$(CURDIR)/$(BIN):$$PATH" npm
PORT ?= 8501
AS_ROOT := $(shell if [ "$$(id -u)" = 0 ]; then echo; else echo sudo; fi)

.PHONY: help app package lock notices sbom test-package quick test test-rest test-all test-office libreoffice chromium nginx postgresql check check-viewer bench mutants drawings viewer schema messages format clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: apt-get install python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); $(AS_ROOT) apt-get update -q && $(AS_ROOT) apt-get install -y -q python3-venv && $(PYTHON) -m venv $(VENV); }

# By hash: what is installed is to the byte what was looked at (make lock).
INSTALL = $(BIN)/python -m pip install -q --require-hashes -r

$(STAMPS)/run: requirements.lock | $(VENV)/bin/python
	$(INSTALL) requirements.lock
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements-dev.lock | $(VENV)/bin/python
	$(INSTALL) requirements-dev.lock
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/run

$(VIEWER)/node_modules/.package-lock.json: $(VIEWER)/package.json $(VIEWER)/package-lock.json | $(STAMPS)/run
	$(NPM) ci --no-audit --no-fund
	@touch $@

$(VIEWER)/dist/frame_viewer.js: $(VIEWER)/node_modules/.package-lock.json $(shell find $(VIEWER)/src -name '*.js')
	$(NPM) run --silent build

viewer: $(VIEWER)/dist/frame_viewer.js ## build the 3D preview (three.js, by npm)

app: $(STAMPS)/run viewer ## install what is needed and open the app on http://localhost:8501
	$(BIN)/python -m streamlit run app.py --server.port $(PORT) --server.headless $(if $(DISPLAY)$(WAYLAND_DISPLAY),false,true)

chromium:
	@command -v chromium >/dev/null || { $(AS_ROOT) apt-get update -q && $(AS_ROOT) apt-get install -y -q chromium; }

# The tests run a server of their own; the package shall not start one beside it.
postgresql:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  $(AS_ROOT) mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' | $(AS_ROOT) tee /etc/postgresql-common/createcluster.conf >/dev/null && \
	  $(AS_ROOT) apt-get update -q && $(AS_ROOT) apt-get install -y -q -o Dpkg::Options::=--force-confold postgresql; }

# Both print how long they took, and their ten slowest tests.
# The results of each target stand in a file of its own, for the table of hazards (make verification).
PYTEST = $(BIN)/python -m pytest -q --durations=10 --junitxml=.make/results/$@.xml
# Files of tests are shared out among so many processes: some wait for a page or a sign-in while others compute.
WORKERS ?= 4
POOL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# These two have a target of their own.
ELSEWHERE := --ignore=tests/office --ignore=tests/package
QUICK := $(addprefix tests/,case collision geometry hardware house kinematics laws plan schedule stages text)

quick: $(STAMPS)/dev ## half a minute: laws, units of the rooms below the documents, imports, words
	$(PYTEST) -n 2 --dist loadfile -m "not slow and not brief" $(QUICK)

test: $(STAMPS)/dev viewer chromium postgresql ## eight minutes: install what tests need and run those of every day
	$(PYTEST) $(POOL) -m "not slow" $(ELSEWHERE)

nginx:
	@command -v nginx >/dev/null || test -x /usr/sbin/nginx || { $(AS_ROOT) apt-get update -q && $(AS_ROOT) apt-get install -y -q nginx-light; }

# What `make test` leaves out, and with all examples what has fewer there (tests/amount.py).
test-rest: $(STAMPS)/dev viewer chromium postgresql nginx ## what `make test` leaves out, with all examples
	HEXAPOD_TESTS=all $(PYTEST) $(POOL) -m "slow or brief" $(ELSEWHERE)

test-all: ## everything: tests with all examples, the printed workbook, the package in an empty environment
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test-rest
	@$(MAKE) --no-print-directory test-office
	@$(MAKE) --no-print-directory test-package

libreoffice:
	@command -v soffice >/dev/null || { $(AS_ROOT) apt-get update -q && $(AS_ROOT) apt-get install -y -q --no-install-recommends libreoffice-calc-nogui; }

test-office: $(STAMPS)/dev libreoffice ## the workbook as LibreOffice prints it (installs LibreOffice Calc)
	$(PYTEST) tests/office

check: $(STAMPS)/dev check-viewer ## ruff, formatting, types, import directions, hosted files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy app.py hatch_build.py hexapod bench tests/oracles/scalar_chain.py tests/oracles/scalar_coupling.py
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows $(wildcard .github/workflows/*.yml)
	$(BIN)/check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(BIN)/python -m pytest -q tests/house/test_imports.py
	@$(MAKE) --no-print-directory docs

check-viewer: $(VIEWER)/node_modules/.package-lock.json ## types and tests of the 3D preview, without a browser
	$(NPM) run --silent check
	$(NPM) run --silent test

format: $(STAMPS)/dev ## put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

package: $(STAMPS)/dev viewer ## build wheel and sdist into dist/
	$(BIN)/python -m build --no-isolation

# For every platform and every Python from 3.11 on; without an address, so that a hospital's own mirror serves as well.
LOCK = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock"
lock: $(STAMPS)/dev ## write the hashes of all packages into requirements*.lock, after a pin was moved
	$(LOCK) requirements.txt requirements-films.txt -o requirements.lock
	$(LOCK) requirements.txt requirements-films.txt requirements-postgres.txt requirements-study.txt -o requirements-all.lock
	$(LOCK) requirements-dev.txt -o requirements-dev.lock

notices: $(STAMPS)/dev $(VIEWER)/node_modules/.package-lock.json ## licences of all packages, and their texts into dist/
	$(BIN)/python docs/safety/notices.py

sbom: $(STAMPS)/dev $(VIEWER)/node_modules/.package-lock.json ## what the program is made of, as CycloneDX into dist/
	mkdir -p dist
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --gather-license-texts -o dist/sbom-python.cdx.json $(BIN)/python
	@$(NPM) sbom --silent --package-lock-only --sbom-format=cyclonedx > $(CURDIR)/dist/sbom-viewer.cdx.json

test-package: $(STAMPS)/dev viewer chromium ## install the package into an empty environment (fetches all it needs) and try it
	HEXAPOD_EMPTY_INSTALL=1 $(PYTEST) tests/package

bench: $(STAMPS)/run ## speed as a table, one run
	$(BIN)/python -m bench

mutants: $(STAMPS)/dev ## apply named mistakes one at a time; every one must be caught
	$(BIN)/python tests/mutants/run.py

# Its packages are no part of the tests' own: an environment beside them.
COSMIC := $(STAMPS)/cosmic-ray
$(COSMIC)/bin/cosmic-ray: | $(VENV)/bin/python
	$(PYTHON) -m venv $(COSMIC) && $(COSMIC)/bin/python -m pip install -q cosmic-ray==8.7.0

.PHONY: mutation
mutation: $(STAMPS)/dev $(COSMIC)/bin/cosmic-ray ## change every line of MODULE=deformity/quantities.py; list what no test notices (hours)
	$(BIN)/python tests/mutants/every_line.py $(MODULE) --tool $(CURDIR)/$(COSMIC)/bin/cosmic-ray

.PHONY: docs listing verification
docs: $(STAMPS)/dev ## the documentation as a site, build/docs/docs/index.html; a warning is an error
	$(BIN)/python -m sphinx -q -W --keep-going -b html -c docs . build/docs

listing: $(STAMPS)/run ## list the modules in docs/architecture.md
	$(BIN)/python docs/listing.py

verification: $(STAMPS)/dev ## write the figures of docs/verification.md and the report dist/verification.pdf, in less than ten minutes
	$(BIN)/python -m bench.verification
	$(BIN)/python -m bench.verification_report

drawings: $(STAMPS)/dev ## redraw the pictures of the documentation from the code
	PYTHONPATH=. $(BIN)/python docs/draw.py

schema: $(STAMPS)/run ## write the schemas of case and plan into docs/ from the code
	$(BIN)/python -m hexapod.case.json_schema > docs/case.schema.json
	$(BIN)/python -m hexapod.plan.plan_format > docs/plan.schema.json

messages: $(STAMPS)/run ## bring the catalogues of translations up to date
	$(BIN)/python -m hexapod.text.update_catalogues

clean: ## remove everything that was installed or built
	rm -rf build $(VENV) $(STAMPS) $(VIEWER)/node_modules $(VIEWER)/dist dist
