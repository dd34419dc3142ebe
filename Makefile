# Two commands set everything up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LINKS := nacomp/formats nacomp/models nacomp/gui
APP_VENV := build/app-environment
THE_WHEEL := ls dist/nacomp-*.whl | grep -v -e '-none-any'
CORPUS ?= tests/data/corpus
FUZZ_SECONDS ?= 60

.PHONY: demo test test-all portability-all release-check check wheel pure-wheel wheel-aarch64 wheel-musl try-aarch64 try-musl try-python dry-run man completion app smoke deb tar appimage bench bench-gpu bench-ratio fuzz sanitize gui native clean

NATIVE_SOURCES := $(wildcard models/native/* models/exact/native/* models/predictors/native/* models/mixing/native/* models/jpeg/native/* nacomp/transforms/native/* nacomp/codecs/native/*)
PACKAGED := README.md LICENSE $(shell find nacomp formats models gui -type f -not -name '*.so' -not -path '*/__pycache__/*')
COMMANDS := $(wildcard nacomp/cli/*.py)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# The four folders as the one package they install as, for editors, mypy and all else that reads the sources: links inside
# nacomp/, which git ignores. They lead to folders, so a new file is there at once. A strict editable install lost: its
# links lead to files, and an editor that has this folder open finds nacomp/ here before it finds them.
$(LINKS): nacomp/%:
	ln -sfn ../$* $@

# The core alone: what `make demo` needs, in well under a minute. Compiled once, as an installation is: without bytecode, as
# where PYTHONDONTWRITEBYTECODE is set, every command compiles 180 modules, a quarter of what a small job takes.
$(VENV)/core: pyproject.toml setup.py $(NATIVE_SOURCES) | $(LINKS)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	$(BIN)/python -m compileall -q $(notdir $(LINKS)) nacomp
	touch $@

# Everything the tests use. llama.cpp compiles from source here (about five minutes on two cores, once).
# nacomp is installed already: pip adds what its extras name, and compiles nothing of ours again.
$(VENV)/full: $(VENV)/core
	$(PIP) 'nacomp[test,gui,llama,dask,wheel]'
	touch $@

$(VENV)/wheel: $(VENV)/core
	$(PIP) 'nacomp[wheel]'
	touch $@

demo: $(VENV)/core
	$(BIN)/python -m tests.benchmarks.demo

# A process for each core; a file of tests stays in one, with what its tests share. One that crashes ends the run: with
# another in its place the rest of its file is never run, and the end waits for that for ever.
PYTEST := $(BIN)/python -m pytest -q -n logical --dist loadfile --no-loadscope-reorder --max-worker-restart=0 --durations=30

test: check
	$(PYTEST) -m "not slow"

# With the tests that take minutes: large archives through the readable implementations.
test-all: check
	$(PYTEST)

check: $(VENV)/full
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy --cache-dir .check/mypy -p nacomp
	$(BIN)/mypy --cache-dir .check/mypy tests
	$(BIN)/mypy --cache-dir .check/mypy packaging/decoder
	$(BIN)/mypy --cache-dir .check/mypy packaging/*.py
	$(BIN)/mypy --cache-dir .check/mypy packaging/linux/*.py
	$(BIN)/vulture

# What needs more than a compiler of ours: the cores for Windows under Wine (Debian: g++-mingw-w64-x86-64-posix, wine64), for
# macOS and musl by zig's clang, which comes with the extra, and the wheel for ARM in an ARM Python, under qemu-user. Minutes
# long, so not in `make test`.
portability-all: $(VENV)/full
	$(PIP) 'nacomp[portability]'
	$(PYTEST) -m slow tests/portability

# The wheel of this platform with the native cores, and one for every platform without them, into dist/.
wheel: dist/.wheel
pure-wheel: dist/.pure-wheel

dist/.wheel: $(VENV)/wheel setup.py packaging/make_wheel.py packaging/wheel_targets.py $(PACKAGED)
	$(BIN)/python packaging/make_wheel.py dist
	touch $@

dist/.pure-wheel: $(VENV)/wheel setup.py packaging/make_wheel.py packaging/wheel_targets.py $(PACKAGED)
	$(BIN)/python packaging/make_wheel.py --pure dist
	touch $@

# The wheel for Linux on ARM, compiled here, into dist/aarch64. Debian 12 with g++-aarch64-linux-gnu; takes a minute or two.
wheel-aarch64: dist/aarch64/.wheel

build/aarch64/.python: packaging/linux/arm_python.py packaging/linux/own_apt.py
	$(PYTHON) packaging/linux/arm_python.py build/aarch64
	touch $@

dist/aarch64/.wheel: build/aarch64/.python $(VENV)/wheel setup.py packaging/make_wheel.py packaging/wheel_targets.py $(PACKAGED)
	$(BIN)/python packaging/make_wheel.py dist/aarch64 --target aarch64 --python build/aarch64
	touch $@

# The wheel for musl (Alpine) on x86-64, compiled by zig's clang, into dist/musl-x86_64. Two to three minutes.
wheel-musl: dist/musl-x86_64/.wheel

dist/musl-%/.wheel: $(VENV)/wheel setup.py packaging/make_wheel.py packaging/wheel_targets.py $(PACKAGED)
	$(PIP) 'nacomp[portability]'
	$(BIN)/python packaging/make_wheel.py dist/musl-$* --target $*-musl
	touch $@

# Wheels for other systems, tried in such a system: minutes, so not in `make test`. What is made once stays in build/.
# On ARM under emulation: a round trip, the window, jobs handed to it.
try-aarch64: dist/aarch64/.wheel $(VENV)/core
	$(BIN)/python packaging/linux/try_arm.py build/arm-root dist/aarch64

# In another Python, compiled in another release of Debian: RELEASE=sid VERSION=3.14
RELEASE ?= trixie
VERSION ?= 3.13
try-python: $(VENV)/core
	$(BIN)/python packaging/linux/try_python.py build/$(RELEASE) $(RELEASE) $(VERSION)

# With musl, in a Python that is compiled for it, once: golden archives, a round trip, the bytes that glibc writes.
try-musl: build/musl/.python dist/musl-x86_64/.wheel
	$(BIN)/python packaging/linux/try_musl.py build/musl dist/musl-x86_64

build/musl/.python: packaging/linux/musl_python.py packaging/linux/own_apt.py $(VENV)/core
	$(BIN)/python packaging/linux/musl_python.py build/musl
	touch $@

# GitHub's workflows, as far as this machine can: each job in a clean clone below build/dry-run. JOBS="release.check ci.others"
dry-run: $(VENV)/full
	rm -rf build/dry-run
	$(BIN)/python packaging/dry_run.py build/dry-run $(JOBS)

# All of a release that can be proven on one Linux machine: the same bytes twice, what the wheels need and hold, a list of
# what they are made of, the decoder in one file, desktop files, GitHub's workflows, checksums. Builds the cores once more.
release-check: dist/.wheel dist/.pure-wheel $(VENV)/full
	$(PIP) 'nacomp[release]'
	$(BIN)/python packaging/release_check.py dist

man: build/man/nacomp.1
completion: build/completion/nacomp.bash

build/man/nacomp.1: $(VENV)/core packaging/man_pages.py $(COMMANDS)
	$(BIN)/python packaging/man_pages.py build/man

build/completion/nacomp.bash: $(VENV)/core $(COMMANDS)
	mkdir -p build/completion
	for shell in zsh fish bash; do $(BIN)/nacomp completion $$shell > build/completion/nacomp.$$shell; done

# The application: what the wheel and its dependencies hold, in one folder, dist/nacomp, with all it needs to run.
# An environment of its own keeps out whatever else is installed here. Takes one to two minutes; not in `make test`.
app: dist/.app
smoke: dist/.app
	$(BIN)/python packaging/smoke.py dist/nacomp

$(APP_VENV)/tools: pyproject.toml | dist/.wheel
	$(PYTHON) -m venv --clear $(APP_VENV)
	$(APP_VENV)/bin/python -m pip install --quiet --disable-pip-version-check "$$($(THE_WHEEL))[gui,package]"
	touch $@

dist/.app: dist/.wheel $(APP_VENV)/tools $(wildcard packaging/app/* packaging/icons/*) packaging/nacomp.spec packaging/make_app.py packaging/make_icons.py
	$(APP_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall "$$($(THE_WHEEL))"
	$(APP_VENV)/bin/python packaging/make_app.py dist
	touch $@

# The application as a Debian package, and a proof of it: unpacked into an empty system, run, removed.
deb: dist/.app build/man/nacomp.1 build/completion/nacomp.bash
	$(BIN)/python packaging/linux/make_deb.py dist/nacomp dist
	$(shell test "$$(id -u)" = 0 || echo fakeroot) sh packaging/linux/try_deb.sh dist/nacomp_*.deb

# The same for any Linux with glibc, to unpack anywhere: it runs where it lies, and its install.sh puts it below ~/.local.
tar: dist/.app build/man/nacomp.1 build/completion/nacomp.bash
	$(BIN)/python packaging/linux/make_tar.py dist/nacomp dist
	sh packaging/linux/try_tar.sh dist/nacomp-*-linux-*.tar.xz

# The same as one file that starts on any Linux with glibc.
appimage: dist/.app build/man/nacomp.1 build/completion/nacomp.bash
	$(BIN)/python packaging/linux/make_appimage.py dist/nacomp dist
	sh packaging/linux/try_appimage.sh dist/nacomp-*.AppImage

bench: $(VENV)/core
	$(PIP) -e '.[bench]'
	$(BIN)/python -m tests.benchmarks.compare $(CORPUS) $(OPTIONS)

# The exact engine on GPUs against the processor and llama.cpp, in one run of some minutes; needs no network where the extra is
# installed. OPTIONS="--model SmolLM2-135M.Q8_0.gguf". Without a GPU: pocl, of the tests' extra.
bench-gpu: $(VENV)/core
	$(BIN)/python -c 'import pyopencl' 2>/dev/null || $(PIP) 'nacomp[gpu]' || echo 'pyopencl cannot be installed, so there is no device'
	$(BIN)/python -m tests.benchmarks.gpu $(OPTIONS)

bench-ratio: $(VENV)/core
	$(BIN)/python -m tests.benchmarks.bench_ratio $(or $(FOLDER),$(CORPUS))

# Each reader of untrusted bytes for FUZZ_SECONDS; finds go to .check/fuzz, crashes too. Linux and macOS only.
# FUZZ_OPTIONS=-seed=1 tries the same inputs in the same order each time, as far as the time goes.
fuzz: $(VENV)/full
	$(PIP) -e '.[fuzz]'
	for target in container gguf decoder deflate ppmd jpeg; do \
		mkdir -p .check/fuzz/$$target; \
		$(BIN)/python tests/fuzz/fuzz.py $$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=3000 $(FUZZ_OPTIONS) \
			-artifact_prefix=.check/fuzz/ .check/fuzz/$$target tests/fuzz/corpus/$$target || exit 1; \
	done

# The native cores with sanitizers (a minute to build, in .check/sanitize), driven through their bindings for FUZZ_SECONDS
# with hostile payloads, parameters, vocabularies, logits and weights, and the engine's pool under the thread sanitizer.
# Linux with GCC only.
sanitize: $(VENV)/full
	$(BIN)/python tests/fuzz/sanitize.py $(FUZZ_SECONDS)
	$(PYTEST) -m slow -k sanitizers tests/portability/test_engine.py

gui: $(VENV)/full
	$(BIN)/nacomp gui

native: $(VENV)/core

clean:
	rm -rf $(VENV) .check build dist demo-out bench-out *.egg-info
	rm -f $(LINKS)
