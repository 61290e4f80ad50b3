# What people type. Every target works on a fresh clone; .venv is made on the first one.

PYTHON ?= python3
PY := .venv/bin/python
TESTS ?= tests
JOBS ?= $(shell cores=$$(nproc 2>/dev/null || echo 2); echo $$((cores < 5 ? cores + 1 : 6)))
PYTEST := $(PY) -m pytest -n $(JOBS) --reruns 1 --rerun-show-tracebacks

.DEFAULT_GOAL := help
.PHONY: help run dev daphne test chaos machines soak bench check fmt types lock vendor protobuf messages screenshots \
	release-fixture clean runtime tools

help:
	@echo "make run     serve at http://localhost:8000 with demo people (DIGI_HOST, DIGI_PORT)"
	@echo "make dev     the same, starting again after every change"
	@echo "make daphne  serve at 0.0.0.0:8000 without demo people"
	@echo "make test    all tests, those of databases and events again on PostgreSQL and Redis;"
	@echo "             all on another database: make test DIGI_TEST_DATABASE_URL=postgres, or its URL"
	@echo "make chaos   the tests of faults, long and hard, and a table of what came of them: see docs/reliability.md"
	@echo "make machines  two hosts, Redis, Sentinels, a cluster and PostgreSQL as network namespaces; lines are cut (root)"
	@echo "make soak    5 000 sockets on one process for ten minutes: see docs/reliability.md"
	@echo "make bench   measure Digi beside the Channels tutorial's chat: eight minutes, see docs/benchmarks.md"
	@echo "make check   lint, types, layers, migrations, deployment, generated files, known vulnerabilities"
	@echo "make fmt     format the code      make types   types alone"
	@echo "make screenshots  take the README's pictures again"
	@echo "make lock    lock the dependencies again      make vendor  bundle the browser's libraries"
	@echo "make protobuf  compile camera/camera.proto again (needs npm ci)"
	@echo "make messages  bring the German catalogue up to date with the sources (needs gettext)"
	@echo "make release-fixture  keep what this release makes of the demo, for later ones to restore: docs/operations.md"
	@echo "make clean   remove what can be made again; var/ stays"

runtime:
	@$(PYTHON) scripts/install.py runtime
	@$(PY) scripts/compile_messages.py

tools:
	@$(PYTHON) scripts/install.py dev
	@$(PY) scripts/compile_messages.py

run: runtime
	@exec $(PY) scripts/run.py

dev: tools
	@exec $(PY) scripts/run.py --reload

daphne: runtime
	@$(PY) manage.py migrate --verbosity 0
	@exec $(PY) run_daphne.py

test: tools
	@scripts/need.sh postgres redis-server chromium node cc nginx caddy
	$(PYTEST) $(TESTS)
ifndef DIGI_TEST_DATABASE_URL
	DIGI_TEST_DATABASE_URL=postgres DIGI_TEST_LAYER=redis $(PYTEST) -m "db or layer" $(TESTS) || [ $$? = 5 ]
endif
	node --import ./tests/js/setup.js --test tests/js/*.test.js

chaos: export DIGI_CHAOS = long
chaos: tools
	@scripts/need.sh redis-server cc
	$(PY) -m pytest -n 2 --timeout 300 tests/chaos

machines: tools
	@scripts/need.sh redis-server
	$(PY) tests/machines/run.py $(CASES)

soak: tools
	$(PY) bench/holding.py

bench: tools
	$(PY) bench/chat.py

check: export DIGI_DOTENV = /dev/null
check: tools
	@scripts/need.sh xgettext
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) scripts/check_deploy.py
	$(PY) scripts/check_generated.py
	$(PY) scripts/check_vulnerabilities.py

fmt: tools
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: tools
	$(PY) -m mypy

lock: tools
	$(PY) scripts/lock.py

screenshots: tools
	@scripts/need.sh chromium
	$(PY) scripts/screenshots.py

release-fixture: tools
	$(PY) scripts/release_fixture.py

messages: tools
	@scripts/need.sh xgettext
	$(PY) scripts/make_messages.py

protobuf: tools
	$(PY) scripts/make_protobuf.py

vendor:
	npm ci
	npm run vendor

clean:
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis var/static
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete
