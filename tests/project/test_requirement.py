"""``make requirement ID=…``: what a requirement still lacks."""

import re
from dataclasses import replace

import pytest

from conformance.requirements import Basis, Level, Requirement, batch, token
from conformance.requirements.model import FIRST_SET
from tools import requirement as making
from tools.documents import ROOT
from tools.requirement import lacking


@pytest.fixture
def open_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the newest set be open: a new requirement counts from it."""
    monkeypatch.setattr(making, "open_sets", lambda: [FIRST_SET])


def _new(level: Level, basis: Basis) -> Requirement:
    return Requirement("token.new", "Authentication", "A sentence.", level=level, basis=basis)


@pytest.mark.parametrize("requirement", [token.HEADER_WINS, batch.UNKNOWN_MEMBER], ids=lambda one: one.id)
def test_a_requirement_that_is_whole_lacks_nothing(requirement: Requirement) -> None:
    assert list(lacking(requirement)) == []


@pytest.mark.usefixtures("open_set")
def test_a_new_requirement_lacks_a_check_a_mutant_and_advice_each_with_its_file() -> None:
    assert list(lacking(_new(Level.MUST, Basis.STATED))) == [
        "a check: a function with @covers(…) in conformance/suite/test_token.py",
        "its lines in tests/suite/snapshots/: make snapshots writes them, once it has a check",
        "a mutant: a class with @mutant(…) in conformance/mutants/token.py",
        "advice: an Advice in a module of conformance/requirements/advice/, such as token.py",
    ]


def test_a_source_without_an_address_and_a_frozen_set_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "open_sets", list)
    new = replace(_new(Level.MUST, Basis.STATED), source="Another page")

    assert list(lacking(new))[:2] == [
        "an address: a Source named 'Another page' in conformance/requirements/published.py",
        "since= with the name of an open set, because 2026-11 is frozen: docs/contract.md",
    ]


def test_the_page_names_each_file_and_each_command_that_writes_the_others() -> None:
    page = (ROOT / "docs" / "add-a-requirement.md").read_text("utf-8")

    for path in re.findall(r"`((?:conformance|tests|docs|reports)/[\w./-]+)`", page):
        assert (ROOT / path).exists(), path
    for name in ("published.py", "open_questions.py", "crosstalk.py", "frozen_sets.txt", "proofs.json"):
        assert name in page
    for command in ("make docs", "make signatures", "make snapshots", "make samples", "make requirement"):
        assert command in page


@pytest.mark.usefixtures("open_set")
def test_what_is_only_observed_lacks_a_check_alone() -> None:
    assert [one.partition(":")[0] for one in lacking(_new(Level.INFO, Basis.SILENT))] == [
        "a check",
        "its lines in tests/suite/snapshots/",
    ]
