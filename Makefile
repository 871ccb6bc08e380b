# `make benchmark` and `make test` set everything up on a machine with Python 3.11 and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help benchmark transformer benchmark-convert benchmark-score benchmark-encoder test lint annotate documents pictures clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

benchmark: $(VENV)/benchmark ## validate, build, train the light baselines, score, print the leaderboard
	$(BIN)/hapjong validate
	$(BIN)/hapjong build
	$(BIN)/hapjong baseline majority
	$(BIN)/hapjong baseline dictionary
	$(BIN)/hapjong baseline dictionary --track gold_mentions
	$(BIN)/hapjong baseline tfidf
	$(BIN)/hapjong baseline tfidf --track gold_mentions
	$(BIN)/hapjong leaderboard

transformer: $(VENV)/transformer ## train the transformer baseline (three seeds) and add its rows
	$(BIN)/hapjong baseline transformer
	$(BIN)/hapjong baseline transformer --track gold_mentions
	$(BIN)/hapjong leaderboard

test: $(VENV)/dev ## run every test, a real Label Studio server and browser included
	$(BIN)/python -m pytest

lint: $(VENV)/dev ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

annotate: $(VENV)/studio ## open Label Studio with the articles loaded
	$(BIN)/hapjong studio start --load practice --annotators me --open

benchmark-convert: $(VENV)/studio ## time the conversion of a large export beside label-studio-sdk's
	$(BIN)/python scripts/benchmark_convert.py

benchmark-score: $(VENV)/dev ## time the scoring of mentions beside seqeval and nervaluate, and of a large submission
	$(BIN)/python scripts/benchmark_score.py

benchmark-encoder: $(VENV)/dev ## time the bundled encoder by torch and by ONNX Runtime
	$(BIN)/python scripts/benchmark_encoder.py

documents: $(VENV)/benchmark ## write the figures into the documents
	$(BIN)/hapjong documents

pictures: $(VENV)/pictures ## draw the statistics and the map of alliances (build/pictures/)
	$(BIN)/hapjong pictures

clean: ## remove what was made (build/ and .venv/)
	rm -rf build $(VENV)

# One stamp for each set of extras; a later set only adds to what is there.
$(VENV)/benchmark: EXTRAS = release,baselines
$(VENV)/transformer: EXTRAS = release,baselines,transformer
$(VENV)/studio: EXTRAS = studio
$(VENV)/pictures: EXTRAS = pictures
$(VENV)/dev: EXTRAS = dev
$(VENV)/benchmark $(VENV)/transformer $(VENV)/studio $(VENV)/pictures $(VENV)/dev: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable '.[$(EXTRAS)]'
	touch $@
