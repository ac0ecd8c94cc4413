# The two commands are `make run` and `make test`; each sets up what it needs, once. CONTRIBUTING.md says the rest.
#   PYTHON=python3.12   which Python makes .venv (default: the first of python3.12, python3.11, python3 that fits)
#   DATA=… PORT=…            for make up and make down: the data root (data), the port of Prefect's server (4200)
#   ARGS="…"            more arguments:  make run ARGS="--data elsewhere"   make test ARGS="tests/clean -x"
#                       (the whole suite runs on every core, four at most; with ARGS, on one)
SHELL = /bin/sh
PYTHON =
ARGS =
BIN = .venv/bin
DATA = data
PORT = 4200

.PHONY: help run up down test check bench lock docs wheel clean setup setup-dev
.NOTPARALLEL:

help:
	@echo "make run     collect, build, check and publish the observatory's snapshot"
	@echo "make up      Prefect's server, a worker and the schedules on this machine: http://127.0.0.1:4200"
	@echo "make down    stop them"
	@echo "make test    style, types and tests (what CI runs)"
	@echo "make check   style and types only"
	@echo "make bench   measure speed, memory and quality into benchmarks/RESULTS.md"
	@echo "make docs    write the generated documents again"
	@echo "make lock    choose the versions again (needs uv)"
	@echo "make wheel   build the wheel into dist/"
	@echo "make clean   remove what was installed and cached, never data"

setup:
	@PYTHON="$(PYTHON)" scripts/setup.sh run

setup-dev:
	@scripts/azurite.sh & azurite=$$!; done=0; PYTHON="$(PYTHON)" scripts/setup.sh dev || done=$$?; \
	wait $$azurite || done=$$?; exit $$done

run: setup
	@$(BIN)/ptce run $(ARGS)

up: setup
	@$(BIN)/python -m flows.up --data "$(DATA)" --port $(PORT)

down:
	@$(BIN)/python -m flows.up --data "$(DATA)" --stop

check: setup-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

test: check
	$(BIN)/python -m pytest $(or $(ARGS),--numprocesses auto --maxprocesses 4 --dist loadfile)

bench: setup-dev
	$(BIN)/python benchmarks/run_stages.py
	$(BIN)/python benchmarks/calibration.py
	$(BIN)/python benchmarks/site.py
	$(BIN)/python benchmarks/peers_env.py
	$(BIN)/python benchmarks/resolve.py $(ARGS)

docs: setup-dev
	$(BIN)/python scripts/documents.py

lock:
	scripts/lock.sh

wheel: setup-dev
	$(BIN)/python -m build --wheel --no-isolation

clean:
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build
	find src flows tests scripts benchmarks notebooks -name __pycache__ -type d -prune -exec rm -rf {} +
