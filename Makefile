# AI Sales POS. `make` alone says what there is to do. Everything below works on a Debian 12 that has python3, make and git.

PORT ?= 8000
DATA ?= var
T ?=

BIN := .venv/bin
APP := server/web/app
STATIC := server/web/static/index.html
APP_SOURCES = $(shell find $(APP) server/locales -name node_modules -prune -o -type f -print 2>/dev/null)

# Bytecode is written once and for all: without it five processes compile everything at each start.
export PYTHONDONTWRITEBYTECODE :=
# uv and Node bring their own list of certificate authorities; the machine's own list is the one its owner chose.
SSL_CERT_FILE ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)
NODE_EXTRA_CA_CERTS ?= $(SSL_CERT_FILE)
ifneq ($(SSL_CERT_FILE),)
export SSL_CERT_FILE NODE_EXTRA_CA_CERTS
endif
MAKEFLAGS += --no-print-directory

.NOTPARALLEL:
.PHONY: help run test check bench pictures format audit lock clean
help: ## This list
	@awk -F ' ## ' '/^[a-z]+:.* ## /{sub(/:.*/, "", $$1); printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: need-run .venv/.run $(STATIC) ## Start the product with a demo market  [PORT=8000] [DATA=var]
	@$(BIN)/aisales up --port $(PORT) --data $(DATA) --tied

test: need-test .venv/.test $(STATIC) $(if $(T),,check) ## Run all tests, none skipped  [T=tests/server/sales]
	@$(if $(T),,.ci/npm test)
	@$(BIN)/pytest $(if $(T),$(T),-n 2 --dist loadgroup -q)

check: need-venv .venv/.test $(APP)/node_modules/.ok ## Linters, types, import contracts, structure rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@.ci/npm run check
	@$(BIN)/pytest -q tests/rules

bench: need-test .venv/.test $(STATIC) ## Every benchmark beside its limit  [ONLY="push feed"]
	@$(BIN)/python -m tests.bench $(ONLY)

pictures: need-test .venv/.test $(STATIC) ## Every screen of the running product, as pictures in pictures/
	@$(BIN)/pytest -q tests/journeys/pictures.py

format: .venv/.test ## Bring the Python code into its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

audit: need-venv .venv/.run ## Look all packages up among known vulnerabilities; needs the network, no part of make test
	@.ci/audit

lock: .venv/.run ## Pin the newest versions that requirements*.in allow
	@for name in requirements requirements-test requirements-uv requirements-node requirements-audit; do \
		$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --no-annotate \
			--python-version 3.11 $$name.in -o $$name.txt || exit 1; done

clean: ## Remove all that was installed and built here (the data in var stay)
	@rm -rf .venv $(APP)/node_modules server/web/static pictures .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

# --- what the above need; each is done once and again only when its sources change -----------------------------------

.PHONY: need-venv need-run need-test
need-venv:
	@.ci/need venv
need-run:
	@.ci/need venv mosquitto
need-test:
	@.ci/need venv mosquitto postgresql pgbouncer chromium fonts libatomic

INSTALL = $(BIN)/uv pip install -q --python $(BIN)/python

$(BIN)/uv: requirements-uv.txt
	@echo "==> Making the Python environment"
	@[ -x $(BIN)/python ] || python3 -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

.venv/.run: requirements.txt pyproject.toml $(BIN)/uv
	@echo "==> Installing the Python packages"
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation --config-setting editable_mode=compat -e .
	@$(BIN)/python -m compileall -q -j0 .venv/lib >/dev/null || true
	@touch $@

.venv/.test: requirements-test.txt .venv/.run
	@echo "==> Installing the packages of the tests"
	@$(INSTALL) --require-hashes -r requirements-test.txt
	@touch $@

$(APP)/node_modules/.ok: $(APP)/package-lock.json | .venv/.run
	@echo "==> Installing the packages of the browser app"
	@.ci/npm ci --loglevel=error
	@touch $@

$(STATIC): $(APP)/node_modules/.ok $(APP_SOURCES)
	@echo "==> Building the browser app"
	@.ci/npm run build --silent -- --logLevel error
	@touch $@
