# Two commands set everything up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPUS ?= tests/data

.PHONY: demo test check bench gui native clean

# One environment for everything. The stamp is older than pyproject.toml or a native source: install again.
NATIVE_SOURCES := $(wildcard models/*/native/*)
$(VENV)/stamp: pyproject.toml setup.py $(NATIVE_SOURCES)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e '.[test,gui]'
	touch $@

native: $(VENV)/stamp

clean:
	rm -rf $(VENV) build dist .check demo-out bench-out *.egg-info
