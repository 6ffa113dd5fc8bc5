# make run    sets everything up and starts the program      make run ARGS="--source film.mp4"
# make test   sets everything up and runs every check
# make check  format, lint, types, import directions
# make lowest  runs the tests with the oldest versions that pyproject.toml allows
# make bench  measures the engine and the live path beside their peers   make bench ARGS="--json FILE"
# make pictures  takes the pictures of the README from the real window
# make translations  collects the texts of the window for translators and compiles their work
# make clean  removes what set-up made

PYTHON ?= $(firstword $(foreach python,python3 python3.13 python3.12 python3.11 python,\
	$(shell $(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(python))))
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test check format lowest bench pictures translations clean
.DELETE_ON_ERROR:

run: $(VENV)/.ready-to-run
	@$(BIN)/python main.py $(ARGS)

test: check
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.ready-to-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready-to-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lowest:
	.ci/lowest $(ARGS)

bench: $(VENV)/.ready-to-test
	$(BIN)/python -m tests.benchmarks $(ARGS)

pictures: $(VENV)/.ready-to-run
	$(BIN)/python docs/draw_pictures.py

translations: $(VENV)/.ready-to-run
	$(BIN)/python docs/collect_texts.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A virtual environment of its own, so that nothing installed by hand matters. On a bare Debian the
# module that makes one lacks its pip, which is a package of its own.
$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "cnngui needs Python 3.11 or newer; none was found."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq python3-venv; \
	  else echo "Please type:  sudo apt-get install -y python3-venv"; exit 1; fi; }
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.ready-to-run: $(VENV)/.made pyproject.toml
	@echo "Installing cnngui and what it needs (once) ..."
	@$(PIP) install --editable .
	@$(BIN)/python resources/setup/system_packages.py
	@touch $@

$(VENV)/.ready-to-test: $(VENV)/.ready-to-run
	@echo "Installing what the tests need (once) ..."
	@$(PIP) install --editable '.[test]'
	@touch $@
