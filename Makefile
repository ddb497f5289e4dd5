# Two commands matter: `make run` and `make test`. Both set everything up first.
BIN := .venv/bin
export RASA_TELEMETRY_ENABLED := false
export PYTHON
TRAINING_FILES := config.yml domain.yml $(wildcard data/nlu/*.yml data/stories/*.yml data/responses/*.yml) \
	$(wildcard bot/nlu/*.py bot/language/*.py bot/details/*.py bot/understanding/*.py)

.PHONY: run test setup model lint check eval bench lock clean help reuse release docs

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

eval: model  ## examine the model on the held-out messages: figures, and a report in build/evaluation/
	$(BIN)/python -m bench.evaluation

bench: model  ## measure Cybo beside a stock Rasa project trained on the same data
	$(BIN)/python -m bench

lock:   ## renew requirements.lock after a change of pyproject.toml; UPGRADE=1 takes newer versions
	uv pip compile --quiet --universal --python-version 3.12 --extra dev --generate-hashes \
		--no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade) \
		pyproject.toml -o requirements.lock

clean:  ## remove everything that make can build again
	rm -rf .venv .tools models build dist
