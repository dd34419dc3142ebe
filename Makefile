# Two commands set everything up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TYPING := .check/typing
CORPUS ?= tests/data/corpus
FUZZ_SECONDS ?= 60

.PHONY: demo test test-all check bench bench-ratio fuzz gui native clean

NATIVE_SOURCES := $(wildcard models/exact/native/* models/predictors/native/*)

# The core alone: what `make demo` needs, in well under a minute.
$(VENV)/core: pyproject.toml setup.py $(NATIVE_SOURCES)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

# Everything the tests use. llama.cpp compiles from source here (about five minutes on two cores, once).
$(VENV)/full: $(VENV)/core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,gui,llama]'
	touch $@

demo: $(VENV)/core
	$(BIN)/python tests/benchmarks/demo.py

test: check
	$(BIN)/python -m pytest -q -m "not slow"

# With the tests that take minutes: large archives through the readable implementations.
test-all: check
	$(BIN)/python -m pytest -q

# mypy sees the four folders as the one package they are installed as.
check: $(VENV)/full
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	mkdir -p $(TYPING)
	$(BIN)/python packaging/typing_tree.py $(TYPING)
	MYPYPATH=$(TYPING) $(BIN)/mypy --cache-dir .check/mypy -p nacomp

bench: $(VENV)/core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python tests/benchmarks/compare.py $(CORPUS)

bench-ratio: $(VENV)/core
	$(BIN)/python tests/benchmarks/bench_ratio.py $(or $(FOLDER),$(CORPUS))

# Each reader of untrusted bytes for FUZZ_SECONDS; finds go to .check/fuzz, crashes too. Linux and macOS only.
fuzz: $(VENV)/full
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	for target in container gguf decoder; do \
		mkdir -p .check/fuzz/$$target; \
		$(BIN)/python tests/fuzz/fuzz.py $$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=3000 \
			-artifact_prefix=.check/fuzz/ .check/fuzz/$$target tests/fuzz/corpus/$$target || exit 1; \
	done

gui: $(VENV)/full
	$(BIN)/nacomp gui

native: $(VENV)/core

clean:
	rm -rf $(VENV) .check build dist demo-out bench-out *.egg-info
