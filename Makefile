# Two commands do everything on a fresh machine with Python 3.11 or newer: make demo, make test.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test check lint types wheel bench faults laws screenshots fonts clean

demo: $(VENV)/.installed
	@$(BIN)/hima-kg build
	@echo
	@echo "Who owned the Chinese AITO mark in July 2024?"
	@$(BIN)/hima-kg query who-owns -p mark=问界 --on 2024-07 -f table
	@echo
	@echo "Try next:"
	@echo "  open build/hima.html in a browser"
	@echo "  $(BIN)/hima-kg queries"
	@echo "  $(BIN)/hima-kg show :wenjie"
	@echo "  $(BIN)/hima-kg find 아이토"
	@echo "  $(BIN)/hima-kg init bikes     your own project"

test: check wheel

check: lint types
	$(BIN)/pytest -q -n auto --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

# The main job from the installed wheel, in a fresh folder outside the repository.
wheel: $(VENV)/.dev
	BIN=$(abspath $(BIN)) PYTHON=$(PYTHON) sh tests/wheel.sh

# Ratios against what a user would take instead, at 10,000, 100,000 and a million quads; about ten minutes.
bench: $(VENV)/.dev
	$(BIN)/python benchmarks/bench.py docs/benchmarks.md 10000 100000 1000000

# The faults of tests/test_faults.py at many more points: kill -9, full disks, damage, parallel builds.
faults: $(VENV)/.dev
	HIMA_KG_FAULTS=20 $(BIN)/pytest -q tests/test_faults.py

# The laws of the tests on thirty times as many examples, other ones each time: what it finds becomes a test with a name.
laws: $(VENV)/.dev
	HIMA_KG_LAWS=30 $(BIN)/pytest -q -n auto --dist worksteal -m hypothesis

# The pictures of the page in the documentation.
screenshots: $(VENV)/.dev
	$(BIN)/hima-kg build
	$(BIN)/hima-kg view --with-sparql -o build/pictured.html
	$(BIN)/python docs/screenshots.py build/pictured.html

# The glyphs that ship in the package, for the page; wants fonts-noto-cjk, and is due when a test says that some are missing.
fonts: $(VENV)/.dev
	$(BIN)/python docs/fonts.py

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@command -v chromium >/dev/null || { \
	  echo "The page is tested in Chromium, which is not here; installing Debian's."; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; }
	@touch $@

clean:
	rm -rf $(VENV) build dist
