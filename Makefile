# Wenshu 文枢. A fresh machine needs Python 3.11 or later and make; every target installs the rest into .venv.
#   make run            the site with Nanhua County and sample data on http://localhost:8000 (PORT=… for another)
#   make test           everything that needs no server and no browser
#   make test-postgres  the whole suite on PostgreSQL, with the races (DATABASE_URL, default below)
#   make e2e            the site in a real Chromium
#   make bench          every figure of docs/figures.md and docs/search.md
#   make lint           format, types, house rules, templates, migrations, settings, translations
#   make format         rewrite Python and templates in the house's format
#   make messages       collect new strings into locale/ (needs gettext) · make requirements  pin again after *.in changed
#   make pictures       the README's pictures, from the running site · make clean

SHELL := /bin/sh
PY := .venv/bin/python
PORT ?= 8000
WORKERS ?= auto
TEMPLATES := templates $(wildcard */templates */*/templates)
POSTGRES ?= postgres://postgres@127.0.0.1:5432/wenshu
export PORT

.PHONY: run test test-postgres e2e bench lint format requirements messages pictures clean install install-dev

run: install
	@$(PY) scripts/run.py

test: install-dev
	$(PY) -m pytest -n $(WORKERS) --cov --cov-report=term:skip-covered

test-postgres: install-dev
	DATABASE_URL="$${DATABASE_URL:-$(POSTGRES)}" $(PY) -m pytest -n $(WORKERS) -m "not e2e"

e2e: install-dev
	$(PY) -m pytest tests/e2e -m e2e -n $(WORKERS) --dist=loadgroup

bench: install-dev
	$(PY) -m benchmarks

lint: install-dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy .
	.venv/bin/djhtml --check --tabwidth 2 $(TEMPLATES)
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) scripts/check_deploy.py
	$(PY) scripts/check_messages.py

format: install-dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	.venv/bin/djhtml --tabwidth 2 $(TEMPLATES)

requirements: install-dev
	UV_CUSTOM_COMPILE_COMMAND="make requirements" .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -q -o requirements.txt requirements.in
	UV_CUSTOM_COMPILE_COMMAND="make requirements" .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -q -o requirements-dev.txt requirements-dev.in

messages: install-dev
	$(PY) manage.py makemessages -l zh_Hans --no-location --no-obsolete --no-wrap -i .venv -i var -i tests
	.venv/bin/pybabel -q compile -d locale -D django
	.venv/bin/pybabel -q compile -d locale/wagtail -D "django djangojs"

pictures: install-dev
	$(PY) scripts/pictures.py

install:
	@scripts/install requirements.txt

install-dev:
	@scripts/install requirements-dev.txt

clean:
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete
