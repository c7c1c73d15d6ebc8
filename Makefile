# Two commands on a fresh machine: `make demo` and `make test`. Everything they make lies in the
# checkout (.venv, .cache, demo/) and in pip's cache.

PYTHON ?= $(shell sh scripts/find-python)
BIN := .venv/bin
SHELL_FILES := shell/core.sh shell/roost.bash shell/pyenv-roost scripts/demo scripts/find-python scripts/needs .ci/run
TEST_TOOLS := git zsh fish tmux direnv strace procps locales shellcheck shfmt
WORKERS ?= 2
TESTS ?=
WHEELHOUSE ?= dist/wheelhouse
# Per cent of the lines of each shell file that the whole suite must run. Where tools are missing, tests are left out, and no share is demanded.
LEAST_SHELL := $(if $(filter 1,$(ROOST_TEST_STRICT)),85,0)

.PHONY: help demo test test-slow coverage lint lint-shell lint-workflows format dist wheelhouse bench docs recording clean

help:
	@echo 'make demo       roost on real projects, in a real shell'
	@echo 'make test       the test suite without its slow part'
	@echo 'make test-slow  a real compile, old Pythons, a notebook in a browser, the Ansible role'
	@echo 'make coverage   which lines and branches of the Python half the tests run'
	@echo 'make lint       ruff, mypy, layers, shellcheck, shfmt'
	@echo 'make format     formatted code, and cli/declared.py written again'
	@echo 'make dist       the wheel and the sdist'
	@echo 'make wheelhouse a directory of wheels for a machine without a package index'
	@echo 'make bench      roost and every installed peer, side by side'
	@echo 'make docs       the documentation site, and the recording in the README'

.venv/roost: pyproject.toml
	@test -n '$(PYTHON)' || { echo 'roost needs a Python from 3.10 up: install one, or make PYTHON=/path/to/python3' >&2; exit 1; }
	@test -x $(BIN)/pip || '$(PYTHON)' scripts/make_venv.py .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/dev: .venv/roost
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

demo: .venv/roost
	@scripts/demo

test: .venv/dev
	@scripts/needs $(TEST_TOOLS)
	@$(BIN)/python -m scripts.make_pyenv
ifdef TESTS
	$(BIN)/pytest -n $(WORKERS) -m 'not slow' $(TESTS)
else
	@rm -rf .cache/trace && mkdir -p .cache/trace
	ROOST_TEST_TRACE=$(CURDIR)/.cache/trace $(BIN)/pytest -n $(WORKERS) -m 'not slow'
	$(BIN)/python -m scripts.shell_coverage .cache/trace $(LEAST_SHELL)
endif

# Apart from `make test`, because it makes each of the many processes that tests start take twice as long.
coverage: .venv/dev
	@scripts/needs $(TEST_TOOLS)
	@$(BIN)/python -m scripts.make_pyenv
	@rm -rf .cache/coverage && mkdir -p .cache/coverage
	$(BIN)/coverage run -m pytest -n $(WORKERS) -m 'not slow' tests/unit tests/e2e
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

.venv/lab: .venv/dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group lab
	@touch $@

test-slow: .venv/lab
	@scripts/needs $(TEST_TOOLS) chromium
	@$(BIN)/python -m scripts.make_pyenv
	$(BIN)/pytest -m slow --timeout 1800

lint: .venv/dev
	@scripts/needs shellcheck shfmt zsh fish
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory lint-shell lint-workflows

lint-shell:
	shellcheck $(SHELL_FILES)
	shfmt -d -i 2 -ci $(SHELL_FILES)
	zsh -n shell/roost.zsh
	fish_indent --check shell/roost.fish benchmarks/probe.fish

lint-workflows: .venv/dev
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml examples/ci/github.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/idea.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.gitlab-ci examples/ci/gitlab.yml

format: .venv/dev
	$(BIN)/python scripts/declare.py
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	shfmt -w -i 2 -ci $(SHELL_FILES)

dist: .venv/dev
	rm -rf dist/*.whl dist/*.tar.gz
	$(BIN)/python -m build --no-isolation --outdir dist

wheelhouse: .venv/dev
	rm -rf $(WHEELHOUSE)
	$(BIN)/python -m pip wheel --quiet --wheel-dir $(WHEELHOUSE) .
	@echo 'On a machine of this kind: pip install --no-index --find-links $(WHEELHOUSE) pyenv-roost'

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
