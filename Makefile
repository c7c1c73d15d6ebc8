# Two commands on a fresh machine: `make demo` and `make test`. Everything they make lies in the
# checkout (.venv, .cache, demo/) and in pip's cache.

PYTHON ?= $(shell sh scripts/find-python)
BIN := .venv/bin
SHELL_FILES := shell/core.sh shell/roost.bash shell/pyenv-roost scripts/demo scripts/find-python scripts/needs .ci/run
WORKERS ?= 2

.PHONY: help demo test test-slow lint format bench docs recording clean

help:
	@echo 'make demo       the main job on real projects, in a real shell'
	@echo 'make test       the whole suite (but the slow part)'
	@echo 'make test-slow  a real compile, old Pythons, a notebook in a browser'
	@echo 'make lint       ruff, mypy, layers, shellcheck, shfmt'
	@echo 'make bench      roost and every installed peer, side by side'
	@echo 'make docs       the documentation as a site, and the recording in the README'

.venv/roost: pyproject.toml
	@test -n '$(PYTHON)' || { echo 'roost needs a Python from 3.10 up: install one, or make PYTHON=/path/to/python3' >&2; exit 1; }
	@test -x $(BIN)/python || '$(PYTHON)' -m venv .venv || { echo 'no venv module: on Debian, apt-get install python3-venv' >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/dev: .venv/roost
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

demo: .venv/roost
	@scripts/demo

test: .venv/dev
	@scripts/needs
	$(BIN)/pytest -n $(WORKERS) -m 'not slow'

.venv/lab: .venv/dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group lab
	@touch $@

test-slow: .venv/lab
	@scripts/needs chromium
	$(BIN)/pytest -m slow --timeout 1800

lint: .venv/dev
	@scripts/needs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	shellcheck $(SHELL_FILES)
	shfmt -d -i 2 -ci $(SHELL_FILES)
	zsh -n shell/roost.zsh
	fish_indent --check shell/roost.fish benchmarks/probe.fish

format: .venv/dev
	$(BIN)/python scripts/declare.py
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	shfmt -w -i 2 -ci $(SHELL_FILES)

bench: .venv/dev
	$(BIN)/python -m benchmarks.run

.venv/docs: .venv/roost
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group docs
	@touch $@

docs: recording
	$(BIN)/python -m scripts.site

recording: .venv/docs
	$(BIN)/python -m scripts.recording

clean:
	rm -rf .venv .cache demo dist
