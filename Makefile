# Two commands matter: `make run` and `make test`. Both set everything up first.
BIN := .venv/bin
export RASA_TELEMETRY_ENABLED := false
export PYTHON
TRAINING_FILES := config.yml domain.yml $(wildcard data/nlu/*.yml data/stories/*.yml data/responses/*.yml) \
	$(wildcard bot/nlu/*.py bot/language/*.py bot/details/*.py bot/understanding/*.py)

# How long `make hostile` attacks, in seconds; WITHOUT leaves kinds of attack out.
SECONDS = 900
WITHOUT =

.PHONY: run test setup model lint check eval bench hostile audit lock clean help

help:   ## list the targets
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: model  ## set up, train when needed, serve on http://127.0.0.1:8080
	$(BIN)/cybo serve

test: lint model  ## set up, train when needed, check the code and the data, run every test
	$(BIN)/rasa data validate --fail-on-warnings
	$(BIN)/pytest -q

setup: .venv/.installed  ## build .venv from requirements.lock

.venv/.installed: requirements.lock pyproject.toml scripts/setup scripts/find-python
	scripts/setup
	touch $@

model: models/.trained  ## train the model when its data or components changed

models/.trained: .venv/.installed $(TRAINING_FILES)
	$(BIN)/cybo train
	touch $@

lint: .venv/.installed  ## formatter, linter and strict type checker
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

eval: model  ## examine the model on the held-out messages: figures, and a report in build/evaluation/
	$(BIN)/python -m bench.evaluation

bench: model  ## measure Cybo beside a stock Rasa project trained on the same data
	$(BIN)/python -m bench

hostile: model  ## attack a running Cybo by chat, mail and desk for 15 minutes; SECONDS=60 in short
	$(BIN)/python -m bench.hostile --seconds $(SECONDS) --without "$(WITHOUT)"

audit: .audit/.installed  ## look every package up in the lists of known vulnerabilities
	.audit/bin/python scripts/audit.py

# An environment of its own: pip-audit needs newer packages than Rasa allows.
.audit/.installed: scripts/find-python
	rm -rf .audit
	$$(scripts/find-python) -m venv .audit
	.audit/bin/pip install --quiet --disable-pip-version-check 'pip-audit>=2.9,<3'
	touch $@

lock:   ## renew requirements.lock after a change of pyproject.toml
	uv pip compile --quiet --python-version 3.10 --extra dev --generate-hashes --no-emit-index-url \
		--no-header --no-annotate pyproject.toml -o requirements.lock

clean:  ## remove everything that make can build again
	rm -rf .venv .audit models build
