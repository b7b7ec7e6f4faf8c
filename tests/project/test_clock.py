"""One module reads the clock and makes random values for a run: what is read elsewhere cannot be recorded."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance

PACKAGE = Path(conformance.__file__).parent
OWN = "client/clock.py"
NO_PART_OF_A_VERDICT = (
    "client/deadline.py",  # ends an exchange, of which the recording has the outcome
    "plugin/progress.py",  # prints how long a run takes
    "ingestion/observers/",  # take readings, which the recording has
    "browser/tab.py",  # makes visits, which a recording leaves out
    "reference/",  # is a target
    "mutants/",
    "cli/multi_target.py",  # starts runs, in processes of their own
    "cli/certificate.py",  # asks for the day of the reviewer
)
"""Modules that may read the clock, and why."""
READS = {
    "time": {
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "perf_counter",
        "perf_counter_ns",
        "process_time",
    },
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "uuid": {"uuid1", "uuid4", "uuid6", "uuid7", "uuid8"},
    "os": {"urandom", "getrandom"},
    "random": {
        "random",
        "randint",
        "choice",
        "sample",
        "shuffle",
        "randbytes",
        "getrandbits",
        "SystemRandom",
    },
}
"""By the name before the dot: the functions whose value is another one each time."""


def _reads(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in {"secrets", "time"})
        elif isinstance(node, ast.ImportFrom):
            names = {name.name for name in node.names}
            if node.module == "secrets" or names & READS.get(node.module or "", set()) - {"time"}:
                yield f"{node.module}: {', '.join(sorted(names))}"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if node.attr in READS.get(owner, set()):
                yield f"{owner}.{node.attr}"


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_only_one_module_reads_the_clock_and_makes_random_values_for_a_run(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    found = (
        [] if name == OWN or name.startswith(NO_PART_OF_A_VERDICT) else list(_reads(path.read_text("utf-8")))
    )

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "import secrets",
        "from secrets import token_hex",
        "from time import monotonic",
        "moment = datetime.now(UTC)",
        "moment = datetime.datetime.now()",
        "name = uuid.uuid4()",
        "size = random.randint(1, 5)",
    ],
)
def test_a_look_at_the_clock_in_any_form_is_found(source: str) -> None:
    assert list(_reads(source)) != []


def test_a_number_from_a_seed_is_not_random() -> None:
    assert list(_reads("import random\nnumber = random.Random(7).getrandbits(8)")) == []
