# make run: set up, ingest corpus/, serve the page and the API.   make test: set up, check, run every test.
# make cluster: several hosts behind nginx, here.   make cluster-test: its acceptance test.
# make eval: ask the gold questions and compare with the baseline.
PYTHON ?= python3
DATA ?= ./data
HOST ?= 127.0.0.1
PORT ?= 8000
CLUSTER_PORT ?= 8080
HOSTS ?= 2
# One more than there are cores: tests often wait for processes that they started.
TEST_PROCESSES ?= $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 1)")
Q ?= Which Ford plant is the leading candidate to build Geely cars?
BENCH_DATA ?= ../shared/data
BENCH_ARTICLES ?= 500

BIN := .venv/bin
STAMP := .venv/.byline-set-up
BYLINE := BYLINE_DATA_DIR=$(DATA) $(BIN)/byline
# uv does not read pip's variable for local wheels.
export UV_FIND_LINKS := $(or $(UV_FIND_LINKS),$(PIP_FIND_LINKS))
export UV_COMPILE_BYTECODE := 1

.PHONY: setup run cluster cluster-test ask test test-llama check eval baseline bench lock clean

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	command -v uv >/dev/null || test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	UV=$$(command -v uv || echo $(BIN)/uv); \
	$$UV pip install --quiet --python $(BIN)/python --requirement requirements.lock --editable ".[test,bench]"
	touch $(STAMP)

run: setup
	$(BYLINE) ingest corpus
	$(BYLINE) serve --host $(HOST) --port $(PORT)

# PostgreSQL, hosts and nginx as processes of this machine, until Ctrl-C. They forget all, unless CLUSTER names a folder.
cluster: setup
	$(BIN)/python -m deploy.cluster --port $(CLUSTER_PORT) --hosts $(HOSTS) $(if $(CLUSTER),--folder $(CLUSTER))

cluster-test: setup
	$(BIN)/pytest tests/deploy

ask: setup
	$(BYLINE) ask "$(Q)"

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Which tests go to which process: tests/groups.py.
test: check
	$(BIN)/pytest -n $(TEST_PROCESSES)

# llama.cpp's server with a tiny model, in an environment of its own: building it takes minutes.
test-llama: setup
	test -x .venv-llama/bin/python || $(PYTHON) -m venv .venv-llama
	UV=$$(command -v uv || echo $(BIN)/uv); \
	$$UV pip install --quiet --python .venv-llama/bin/python "llama-cpp-python[server]==0.3.36" gguf==0.19.0
	LLAMA_PYTHON=$(CURDIR)/.venv-llama/bin/python $(BIN)/pytest -s tests/rag/llm/test_llama_cpp.py

# Fails when answers to the gold questions are worse than those that evals/baselines/seeds.json keeps.
eval: setup
	mkdir -p build
	$(BIN)/byline eval run --fresh --out build/eval.json
	$(BIN)/byline eval report build/eval.json --baseline evals/baselines/seeds.json --html build/eval.html \
		--markdown build/eval.md --junit build/eval.xml > build/eval.txt
	$(BIN)/byline eval compare evals/baselines/seeds.json build/eval.json

# After a change that is meant to change answers: keep them as the new baseline.
baseline: setup
	mkdir -p build
	$(BIN)/byline eval run --fresh --out build/eval.json
	$(BIN)/byline eval baseline build/eval.json --out evals/baselines/seeds.json

bench: setup
	$(BIN)/python -m evals.bench --data $(BENCH_DATA) --articles $(BENCH_ARTICLES) --out bench.json

# Versions only: where packages come from is the reader's own setting.
lock:
	uv pip compile --quiet --all-extras --no-header --no-annotate pyproject.toml | sed 's/+cpu//' > requirements.lock

clean:
	rm -rf .venv data
