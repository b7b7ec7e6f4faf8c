# make conformance   judge the bundled reference, or TARGET=https://…; the BEACON_… variables set the other options
# make test          run everything that has to pass before a commit
# make kill-matrix   judge every mutant by every requirement (make test: one of each chapter)
# make kill-matrix-browser   judge the mutants of chapter browser through a real Chromium
# make read-back     judge every mutant of the events through every kind of read-back (make test: three)
# make hostile       attack runs with hostile targets, read-backs, files and signals (make test leaves them out)
# make bench         measure what a run costs, beside schemathesis and a bare httpx loop; BENCH="--only loopback" for one part
# make fmt           format, and fix what ruff can fix
# make docs          write the generated pages again: docs/requirements/, docs/kill-matrix/, the open questions
# make requirement ID=token.header-wins   say what a requirement lacks; judge the reference and its mutants by it
# make signatures    judge every mutant, or ONLY="NAME…", and record what is red: what a diagnosis compares
# make samples       judge the targets of the sample reports again; RENDER=1 only renders the reports
# make snapshots     save the results of whole runs; make test compares with them
# make pictures      take the README's pictures of the sample reports, with Chromium

PYTHON ?= python3
REPORT_DIR ?= reports
BIN := .venv/bin
INSTALLED := .venv/.installed

# Container images often set it. Then each of hundreds of test processes would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: conformance test hostile kill-matrix kill-matrix-browser read-back bench fmt docs requirement signatures samples constraints pictures snapshots clean

conformance: $(INSTALLED)
	$(BIN)/beacon-conformance run $(if $(TARGET),--target "$(TARGET)") --report-dir "$(REPORT_DIR)"

# Four processes on two cores, because some tests mostly wait.
test: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest tests -n 4 --dist worksteal -m "not kill_matrix and not hostile"

hostile: $(INSTALLED)
	$(BIN)/pytest tests/hostile -n 4 --dist worksteal

kill-matrix: $(INSTALLED)
	$(BIN)/pytest tests/mutants/test_kill_matrix.py tests/suite/test_concurrency.py -n 4 --dist worksteal

kill-matrix-browser: $(INSTALLED)
	$(BIN)/pytest tests/mutants/test_kill_matrix_browser.py -n 2 --dist worksteal

read-back: $(INSTALLED)
	$(BIN)/pytest tests/ingestion/test_every_observer.py -m kill_matrix -n 4 --dist worksteal

bench: $(INSTALLED)
	$(BIN)/python -m bench $(BENCH)

fmt: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(INSTALLED)
	$(BIN)/python -m tools.documents

requirement: docs
	$(BIN)/python -m tools.requirement $(ID)

signatures: $(INSTALLED)
	$(BIN)/python -m tools.recording $(ONLY)

samples: $(INSTALLED)
	$(BIN)/python -m tools.samples $(if $(RENDER),--render)

snapshots: $(INSTALLED)
	$(BIN)/python -m tests.support.snapshots

# Needs uv.
constraints:
	uv pip compile --quiet pyproject.toml --all-extras --universal --python-version 3.11 --no-annotate --no-emit-index-url \
		--custom-compile-command "make constraints" --output-file ci/constraints.txt

pictures: $(INSTALLED)
	$(BIN)/python -m tools.pictures

# If a dependency changed, the stamp is older than pyproject.toml.
$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

clean:
	rm -rf .venv dist build
