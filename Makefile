# make conformance   judge the bundled reference, or TARGET=https://…; more by the BEACON_… variables
# make test          what has to pass before a commit
# make kill-matrix   every mutant by every requirement; make test judges one of each chapter. Writes docs/kill-matrix.md
# make read-back     every mutant of the events by every kind of read-back; make test judges three
# make bench         what a run costs, beside schemathesis and a bare loop of httpx; BENCH="--only loopback" measures a part anew
# make fmt           fix what ruff can fix
# make docs          write again what is generated: docs/requirements.md and what it is made of
# make samples       judge anew for the sample reports; RENDER=1 only renders them again
# make snapshots     keep what whole runs come to as it is now; make test compares
# make pictures      the README's pictures, from the sample reports, by Chromium

PYTHON ?= python3
REPORT_DIR ?= reports
BIN := .venv/bin
INSTALLED := .venv/.installed

# Images often set it: then hundreds of processes, of the tests' and of their runs, would each compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: conformance test kill-matrix read-back bench fmt docs samples pictures snapshots clean

conformance: $(INSTALLED)
	$(BIN)/beacon-conformance run $(if $(TARGET),--target "$(TARGET)") --report-dir "$(REPORT_DIR)"

# Four processes on two cores: some tests wait more than they work.
test: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest tests -n 4 --dist worksteal -m "not kill_matrix"

kill-matrix: $(INSTALLED)
	$(BIN)/python -m tools.matrix
	$(BIN)/pytest tests/mutants/test_kill_matrix.py -n 4 --dist worksteal

read-back: $(INSTALLED)
	$(BIN)/pytest tests/ingestion/test_every_observer.py -m kill_matrix -n 4 --dist worksteal

bench: $(INSTALLED)
	$(BIN)/python -m bench $(BENCH)

fmt: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(INSTALLED)
	$(BIN)/python -m tools.documents

samples: $(INSTALLED)
	$(BIN)/python -m tools.samples $(if $(RENDER),--render)

snapshots: $(INSTALLED)
	$(BIN)/python -m tests.support.snapshots

pictures: $(INSTALLED)
	$(BIN)/python -m tools.pictures

# The stamp is older than pyproject.toml when a dependency changed.
$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

clean:
	rm -rf .venv dist build
