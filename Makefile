# Everything happens in a virtual environment of the project's own. `make` alone lists the targets.
# Stamp files in it record what was installed: a second run installs nothing unless a requirement changed.

# PYTHON is a program, or a version such as 3.12, which then has an environment of its own.
VERSION := $(filter 3.%,$(value PYTHON))
VENV ?= .venv$(addprefix -,$(VERSION))
PY := $(VENV)/bin/python
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
WORKERS ?= 2
PORT ?= 8000
JUPYTER_FLAGS ?=
CHAPTER ?=
PYTEST_FLAGS ?=
BENCH_FLAGS ?=
# LOCKED=no installs the newest releases that pyproject.toml allows, instead of those in the lock.
LOCKED ?= yes
# LOCK_FLAGS="--upgrade" takes new releases into the lock.
LOCK_FLAGS ?=

# One BLAS thread: results do not depend on the number of cores, and workers do not fight over them.
THREADS := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
FIXED := PYTHONHASHSEED=0
# What these print without PyTorch is stored in them: the cache of the book would not see it change.
STORED := $(shell grep -l skip-execution notebooks/*.ipynb)
BOOK_SOURCES := benchmarks/table.py $(shell find primer book/_ext book/measured notebooks/results $(STORED) -type f -not -path '*/__pycache__/*' 2>/dev/null)
PRETTIER := npx --yes prettier@3.10.1
SPELLER := npx --yes cspell@9.8.0 --no-progress --no-summary --unique
PAGE_SCRIPTS := .ci/*.js primer/static/*.js primer/static/edit/*.js book/_static/*.js book/_static/search/*.js \
	book/vendor/codemirror/entry.js book/vendor/codemirror/keys.js book/vendor/codemirror/marks.js tests/*.mjs
REQUIREMENTS := pyproject.toml requirements.txt

.PHONY: help lab test parity book pdf links html twice engines pictures serve lock recipes student codemirror bench bench-all lint format clean distclean
.DEFAULT_GOAL := help

# What works on the site asks for it first.
SITE = @test -f _build/html/index.html || { echo "No site yet: run 'make book' first."; exit 1; }

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*##\(.*\)/  make \1\t\2/p' Makefile | expand -t 18

lab: $(VENV)/.installed-run  ## open the book in JupyterLab, in a copy of your own: the folder work
	@$(PY) .ci/lab.py $(JUPYTER_FLAGS)

test: $(VENV)/.installed-dev  ## run all tests: tests/, docstrings, notebooks
	$(THREADS) $(FIXED) $(PY) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder -m "not parity" $(PYTEST_FLAGS)

parity: $(VENV)/.installed-parity  ## compare every rule live with torch, JAX and optax
	$(THREADS) $(FIXED) JAX_ENABLE_X64=1 JAX_PLATFORMS=cpu $(PY) -m pytest -n $(WORKERS) --dist loadscope -m parity tests $(PYTEST_FLAGS)

book: $(VENV)/.installed-run _build/.sources  ## build the site in _build/html
	$(THREADS) $(FIXED) PRIMER_BOOK=1 $(PY) .ci/execute_notebooks.py _build/.jupyter_cache notebooks/*.ipynb
	$(THREADS) $(FIXED) PRIMER_BOOK=1 $(VENV)/bin/jupyter-book build . -W -n --keep-going
	$(PY) .ci/check_site.py _build/html
	$(PY) .ci/check_links.py _build/html

links:  ## visit every address of another host that the built site links to
	$(SITE)
	$(PY) .ci/check_outside.py _build/html

html:  ## check that every page of the built site is valid HTML
	$(SITE)
	$(PY) .ci/check_html.py _build/html

twice:  ## build the book again, elsewhere, and compare the two sites
	$(SITE)
	$(PY) .ci/check_twice.py _build

engines: $(VENV)/.installed-dev  ## drive every page of the built site in Firefox and in WebKit
	$(SITE)
	ENGINES_PAGES=all $(PY) -m pytest -q tests/browser/test_engines.py

pictures: $(VENV)/.installed-dev  ## take anew the pictures that the built site is compared with
	$(SITE)
	$(PY) tests/browser/pictures.py

pdf: $(VENV)/.installed-dev  ## bind the built site into a book, _build/primer.pdf
	$(SITE)
	$(PY) .ci/pdf.py _build/html _build/primer.pdf

serve:  ## serve the built site on this machine only
	$(SITE)
	$(PY) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

# The reader's lock is a part of the contributor's: one version of everything.
LOCK = $(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-annotate --quiet --custom-compile-command "make lock" $(LOCK_FLAGS) --extra lab --extra book
lock: $(VENV)/.installed-dev  ## lock the versions of all packages, for every system and Python
	$(LOCK) --extra dev --output-file requirements-dev.lock
	$(LOCK) --constraints requirements-dev.lock --output-file requirements.lock

recipes: $(VENV)/.installed-run  ## write the recipes of chapter 11 as scripts, in notebooks/recipes
	$(PY) .ci/recipes.py

student: $(VENV)/.installed-run  ## write what a class gets, in build/student: no solutions (CHAPTER="06 07")
	$(PY) .ci/student.py build/student $(CHAPTER)

# --ignore-scripts: no package runs anything but the two programs that are called here.
CODEMIRROR = book/vendor/codemirror
codemirror:  ## bundle the editor of rules anew, book/vendor/codemirror/codemirror.js
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && set -e \
	&& cp $(CODEMIRROR)/*.json $(CODEMIRROR)/line.grammar "$$folder" \
	&& cp $(CODEMIRROR)/entry.js $(CODEMIRROR)/keys.js $(CODEMIRROR)/marks.js "$$folder" \
	&& (cd "$$folder" && npm ci --ignore-scripts --no-audit --no-fund \
	&& npx lezer-generator line.grammar -o line.js \
	&& npx esbuild entry.js --bundle --minify --target=es2020 --format=iife --global-name=PrimerCode \
	--legal-comments=none --outfile=codemirror.js) && cp "$$folder/codemirror.js" $(CODEMIRROR)/codemirror.js

bench: $(VENV)/.installed-dev  ## time what needs neither torch nor JAX (BENCH_FLAGS="--only import")
	$(PY) -m benchmarks $(BENCH_FLAGS)

bench-all: $(VENV)/.installed-parity  ## time everything, also against torch, JAX and optax
	$(PY) -m benchmarks --all --slow $(BENCH_FLAGS)

lint: $(VENV)/.installed-dev  ## check style, types, spelling, scripts and stripped notebooks
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy primer
	$(PY) .ci/write_stub.py --check
	$(PY) .ci/strip_notebooks.py --check notebooks
	$(PY) .ci/recipes.py --check
	@if command -v npx >/dev/null; then $(PRETTIER) --check $(PAGE_SCRIPTS) && $(SPELLER); \
	else echo "npx (it comes with Node.js) is missing: neither the page's scripts nor the spelling were checked."; test -z "$$CI"; fi

format: $(VENV)/.installed-dev  ## mend what lint can mend
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(PY) .ci/write_stub.py
	$(PY) .ci/strip_notebooks.py notebooks
	$(PY) .ci/recipes.py
	@if command -v npx >/dev/null; then $(PRETTIER) --write $(PAGE_SCRIPTS); \
	else echo "npx (it comes with Node.js) is missing: the page's scripts were not formatted."; fi

clean:  ## remove the site and all caches, keep the environment
	rm -rf _build build book/rules .pytest_cache .hypothesis .ruff_cache .mypy_cache *.egg-info
	find . -path ./$(VENV) -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -exec rm -rf {} +

distclean: clean  ## remove the environment too
	rm -rf $(VENV)

# A cached notebook does not know that the package changed: start the book afresh when it did.
_build/.sources: $(BOOK_SOURCES)
	rm -rf _build
	mkdir -p _build
	touch $@

$(PY):
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found. Name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(NEW_ENVIRONMENT)

# Without a Python of the wanted version, uv looks for one, and fetches it where there is none.
NEW_ENVIRONMENT = $(if $(VERSION),\
	if python$(VERSION) -c "" 2>/dev/null; then python$(VERSION) -m venv $(VENV); \
	elif command -v uv >/dev/null; then uv venv --quiet --seed --python $(VERSION) $(VENV); \
	else echo "Neither python$(VERSION) nor uv was found. Name a program: make PYTHON=/path/to/python3"; exit 1; fi,\
	$(PYTHON) -m venv $(VENV))

INSTALL = $(PY) .ci/install.py $(PY) -m pip install --disable-pip-version-check --progress-bar off
# $(call install,SIZE) installs requirements.lock or, of the size -dev, requirements-dev.lock; then the package itself.
install = $(if $(filter no,$(LOCKED)),$(INSTALL) -r requirements$(1).txt,\
	{ $(INSTALL) --require-hashes -r requirements$(1).lock && $(INSTALL) --no-deps -e .; } \
	|| { echo "The lock was not installed, see above. Where a release is missing, LOCKED=no takes the newest ones."; exit 1; })
# JupyterLab greets with a question about news from the network: this book does not.
NO_NEWS = @$(VENV)/bin/jupyter labextension disable --level=sys_prefix \
	@jupyterlab/apputils-extension:announcements >/dev/null 2>&1

# $(call say,WHAT) tells before an installation what it brings, and that it comes once.
say = @echo "Installing $(1) into $(VENV). This takes a few minutes, and only the first time."

$(VENV)/.installed-run: $(REQUIREMENTS) requirements.lock | $(PY)
	$(call say,what the book needs (NumPy and JupyterLab among others))
	@$(call install,)
	$(NO_NEWS)
	@touch $@

$(VENV)/.installed-dev: $(REQUIREMENTS) requirements-dev.txt requirements-dev.lock | $(PY)
	$(call say,what the book needs and the tools for its tests)
	@$(call install,-dev)
	$(NO_NEWS)
	@touch $(VENV)/.installed-run $@

# Not locked: which torch serves depends on the machine. What the lock installed stays as it is.
$(VENV)/.installed-parity: $(VENV)/.installed-dev requirements-parity.txt
	$(call say,torch and JAX and optax)
	@$(INSTALL) -r requirements-parity.txt
	$(NO_NEWS)
	@touch $(VENV)/.installed-run $(VENV)/.installed-dev $@
