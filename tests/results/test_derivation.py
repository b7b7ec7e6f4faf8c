"""A results file whose verdicts do not follow from its findings is refused by every command that reads it."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main as command
from conformance.results import Results, UnusableResults, compose, read
from conformance.results.checksum import sealed
from conformance.results.derivation import contradiction, rederived
from conformance.results.verdicts import Finding, Outcome
from conformance.results.waivers import Waiver
from tests.support.cli_process import tree
from tests.support.hostile_results import FACTS, FINDINGS, dead, everything, held

Change = Callable[[Any], object]
WAIVED = "token.header-wins"
WAIVER = Waiver(
    WAIVED, "an old gateway", "Ada", "https://tracker.example/1", date(2026, 3, 1), "waivers.toml:1"
)
RUNS = {
    "everything": everything(),
    "unreachable": dead(),
    "interrupted": compose(replace(FACTS, interrupted=True), FINDINGS),
    "faulty": compose(replace(FACTS, faults=("it broke",)), FINDINGS),
    "nothing-judged": compose(FACTS, []),
    "waived": compose(replace(FACTS, waivers=(WAIVER,)), FINDINGS),
    "suite-fault": compose(FACTS, [Finding(WAIVED, "test_it", Outcome.SUITE_FAULT, "a bug")]),
    "one-held": compose(replace(FACTS, required=("http", "stores")), [held(WAIVED)]),
}


@pytest.mark.parametrize("results", RUNS.values(), ids=RUNS.keys())
def test_a_run_s_own_file_never_contradicts_itself(results: Results) -> None:
    assert contradiction(results) == ""
    assert rederived(results) == results


def _forge(content: Any) -> None:
    """Turn every violation into a success, as five lines of Python can."""
    for item in content["requirements"]:
        item["verdict"] = "held" if item["verdict"] == "violated" else item["verdict"]
    content["verdict"], content["exit_status"] = "conformant", 0
    for item in content["classes"].values():
        item.update(verdict="conformant", held=item["must"])


def _of(content: Any, verdict: str) -> Any:
    return next(item for item in content["requirements"] if item["verdict"] == verdict)


CHANGES: dict[str, tuple[Change, str]] = {
    "forged": (_forge, "token.header-wins is held, but its findings make it violated"),
    "a-finding": (
        lambda content: _of(content, "violated")["findings"][0].update(verdict="held"),
        "of token.header-wins is held, but its outcome makes it violated",
    ),
    "a-level": (
        lambda content: _of(content, "violated").update(level="INFO"),
        "is INFO, which no stated requirement can be",
    ),
    "a-weaker-level": (
        lambda content: [
            _of(content, "violated").update(level="SHOULD"),
            content.update(rederived(content), suite=content["suite"]),
        ],
        "suite.requirements is not the digest of its requirements",
    ),
    "a-reason": (lambda content: _of(content, "warned").update(reason="fine"), "the reason of "),
    "a-count": (
        lambda content: content["classes"]["http"].update(held=70),
        "class http says held 70, but it is ",
    ),
    "a-class": (
        lambda content: content["classes"]["http"].update(verdict="conformant"),
        "class http says verdict conformant, but it is non-conformant",
    ),
    "the-verdict": (
        lambda content: content.update(verdict="conformant"),
        "verdict is conformant, but non-conformant follows from its findings",
    ),
    "the-status": (
        lambda content: content.update(exit_status=0),
        "exit_status is 0, but 1 follows from its findings",
    ),
    "a-waiver": (
        lambda content: content["waivers"][0].update(state="stale"),
        "the waiver of token.header-wins is stale, but its requirement makes it waived",
    ),
}


def _changed(change: Change, directory: Path) -> Path:
    content = copy.deepcopy(RUNS["waived"])
    change(content)
    path = directory / "results.json"
    path.write_text(json.dumps(sealed(content)), "utf-8")
    return path


@pytest.mark.parametrize(("change", "says"), CHANGES.values(), ids=CHANGES.keys())
def test_the_first_contradiction_is_named_in_one_line(change: Change, says: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableResults, match="contradicts itself") as refusal:
        read(_changed(change, tmp_path))

    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["render", "annotate", "compare", "repeat"])
def test_no_command_makes_anything_of_a_forged_file(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(_changed(_forge, tmp_path))
    more = {"compare": [path, "--html", str(tmp_path / "c.html")], "repeat": [WAIVED]}
    before = tree(tmp_path)

    assert command([name, path, *more.get(name, [])]) == 4

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert tree(tmp_path) == before


def test_a_file_with_the_short_digest_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    content = copy.deepcopy(everything())
    content["suite"]["requirements"] = content["suite"]["requirements"][:16]
    path = tmp_path / "results.json"
    path.write_text(json.dumps(sealed(content)), "utf-8")

    assert read(path)["suite"]["requirements"] == content["suite"]["requirements"]
