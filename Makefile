# Two commands matter: `make run` and `make test`. Both set everything up first.
BIN := .venv/bin
export PYTHON
TRAINING_FILES := config.yml domain.yml $(wildcard data/nlu/*.yml data/stories/*.yml data/responses/*.yml) \
	bot/nlu/encoder.onnx $(wildcard bot/nlu/*.py bot/language/*.py bot/understanding/*.py)
# A worker takes whole files; tests/conftest.py says in what order.
PYTEST := $(BIN)/pytest -q
WORKERS := 2
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
comma := ,
say = @echo "[$(1)] $(2)"

.PHONY: run test test-313 setup model encoder heads lint eval bench hostile audit lock clean help reuse release docs pictures

# Which step of how many each one is, for whoever waits.
run: PACKAGES := 1 of 3
run: TRAINING := 2 of 3
test: PACKAGES := 1 of 5
test: LINT := 2 of 5
test: TRAINING := 3 of 5
# How long `make hostile` attacks, in seconds; WITHOUT leaves kinds of attack out.
SECONDS = 900
WITHOUT =
# What `make bench` tells `python -m bench`.
ARGS =
# How many cores `make encoder` and `make heads` may take.
THREADS = 2

help:   ## list the targets
	@grep -hE '^[a-z0-9-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: model  ## set up, train when needed, serve on http://127.0.0.1:8080
	$(call say,3 of 3,Start: about 10 seconds)
	@$(BIN)/cybo serve

test: lint model  ## set up, train when needed, check the code and the data, run every test
	$(call say,4 of 5,Tests: 15 to 30 minutes)
	@$(PYTEST) $(PARALLEL) -m "not alone"
	$(call say,5 of 5,Tests that measure time: 1 to 4 minutes)
	@$(PYTEST) -m alone

test-313: .venv-313/.installed model  ## the core and the trained model on Python 3.13
	$(call say,Python 3.13,Tests: about 2 minutes)
	@.venv-313/bin/pytest -q -n $(WORKERS) --dist loadfile tests/details tests/language \
		tests/tickets tests/privacy tests/dialogue/patches tests/dialogue/test_trackers.py \
		tests/nlu tests/storage/test_ticket_store.py
	@.venv-313/bin/cybo ask "grijs scherm" | grep -q b2clogin.com

setup: .venv/.installed  ## build .venv from requirements.lock

.venv/.installed: requirements.lock pyproject.toml cybo.pth scripts/setup scripts/find-python
	$(call say,$(or $(PACKAGES),1 of 1),Packages: about 1 minute)
	@scripts/setup
	@touch $@

.venv-313/.installed: requirements.lock pyproject.toml cybo.pth scripts/setup scripts/find-python
	$(call say,Python 3.13,Packages: about 1 minute)
	@scripts/setup .venv-313 3.13
	@touch $@

model: models/.trained  ## train the model when its data or components changed

models/.trained: .venv/.installed $(TRAINING_FILES)
	$(call say,$(or $(TRAINING),1 of 1),Training: about 3 minutes$(comma) 1 when few examples are new)
	@$(BIN)/cybo train
	@touch $@

encoder: .tools/encoder/.installed  ## tune the sentence encoder anew on data/nlu and data/moves
	OMP_NUM_THREADS=$(THREADS) .tools/encoder/bin/python -m scripts.encoder --threads $(THREADS)

heads: .tools/encoder/.installed  ## teach the encoder's heads data/moves anew, about 8 minutes
	OMP_NUM_THREADS=$(THREADS) .tools/encoder/bin/python -m scripts.encoder --heads --threads $(THREADS)

lint: .venv/.installed  ## formatter, linter and strict type checker
	$(call say,$(or $(LINT),1 of 1),Formatter$(comma) linter$(comma) types: about 1 minute)
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary

reuse: .tools/reuse/.installed  ## check that every file has its licence (https://reuse.software)
	.tools/reuse/bin/reuse lint

release: .tools/release/.installed  ## build wheel, sdist and SBOM in dist/, twice, and compare
	scripts/release

docs: .venv/.installed .tools/docs/.installed  ## build the documentation site in build/docs/, without warnings
	PYTHONPATH=. $(BIN)/python scripts/reference
	.tools/docs/bin/sphinx-build -q -W --keep-going -b html -d build/doctrees docs build/docs

# Tools that check or describe the project, each in an environment of its own.
.tools/%/.installed: scripts/tools/%.txt scripts/find-python
	rm -rf .tools/$*
	$$(scripts/find-python) -m venv .tools/$*
	.tools/$*/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

pictures: model  ## take the pictures of the README anew, in docs/pictures/; needs Chromium
	@PYTHONPATH=. $(BIN)/python scripts/pictures

eval: model  ## examine the model on the held-out messages: figures, and a report in build/evaluation/
	@$(BIN)/python -m bench.evaluation

bench: model  ## measure Cybo beside a stock Rasa project trained on the same data; ARGS=--help
	@$(BIN)/python -m bench $(ARGS)

lock:   ## renew requirements.lock after a change of pyproject.toml; UPGRADE=1 takes newer versions
	@uv pip compile --quiet --universal --python-version 3.12 --extra dev --generate-hashes \
		--no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade) \
		pyproject.toml -o requirements.lock

hostile: model  ## attack a running Cybo by chat, mail and desk for 15 minutes; SECONDS=60 in short
	@$(BIN)/python -m bench.hostile --seconds $(SECONDS) --without "$(WITHOUT)"

audit: .audit/.installed  ## look every package up in the lists of known vulnerabilities
	@.audit/bin/python scripts/audit.py

# An environment of its own: pip-audit needs newer packages than Rasa allows.
.audit/.installed: scripts/find-python
	$$(scripts/find-python) -m venv .audit
	.audit/bin/pip install --quiet --disable-pip-version-check 'pip-audit>=2.9,<3'
	touch $@

clean:  ## remove everything that make can build again
	rm -rf .venv .audit .venv-313 .tools .cache bench/.venv-stock models build dist
