# Two commands for a fresh machine with git, make and Python 3.11 or newer: make demo, make test.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?= tromso-2030

.PHONY: demo test test-slow test-random lint clean

$(VENV)/.user: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.developer: $(VENV)/.user
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(VENV)/.user
	$(BIN)/tildeling allocate instances/$(DEMO) --out out/$(DEMO) --force
	@echo "The report lies in out/$(DEMO)/report.html, the workbook in out/$(DEMO)/allocation.xlsx"

test: $(VENV)/.developer
	$(BIN)/python -m pytest -m 'not slow' -q -n 2

test-slow: $(VENV)/.developer
	$(BIN)/python -m pytest -m slow -q -n 2

test-random: $(VENV)/.developer  # properties, with other cases each time
	$(BIN)/python -m pytest -m 'hypothesis' --hypothesis-profile=random -q -n 2

lint: $(VENV)/.developer
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) out dist build
