"""What is generated is what would be generated now: ``make docs`` was run after the last change."""

import json
import re
from pathlib import Path

import pytest

from conformance.cli import requirements as listing
from conformance.mutants import ALL as MUTANTS
from conformance.requirements import ALL, Level
from conformance.requirements.proofs import proof_of
from tools import documents

STALE = "run make docs"


def test_the_proofs_in_the_package_are_those_of_suite_and_mutants() -> None:
    assert documents.PROOFS.read_text("utf-8") == documents.proofs(), STALE


def test_the_page_of_the_requirements_is_fresh() -> None:
    assert documents.REQUIREMENTS.read_text("utf-8") == listing.markdown(), STALE


def test_the_page_of_the_contract_is_fresh() -> None:
    assert documents.CONTRACT.read_text("utf-8") == documents.contract(), STALE


def test_every_requirement_has_a_check_and_every_judged_one_a_mutant() -> None:
    assert [one.id for one in ALL if not proof_of(one).checks] == []
    assert [one.id for one in ALL if bool(proof_of(one).mutants) is (one.level is Level.INFO)] == []


def test_no_mutant_is_left_out() -> None:
    named = [
        mutant["name"] for proof in json.loads(documents.proofs()).values() for mutant in proof["mutants"]
    ]

    assert sorted(named) == sorted(mutant.name for mutant in MUTANTS)


@pytest.mark.parametrize("path", [documents.REQUIREMENTS, documents.CONTRACT], ids=lambda path: path.name)
def test_every_link_to_a_requirement_leads_to_one(path: Path) -> None:
    page = path.read_text("utf-8")
    places = {f"#{one.id.replace('.', '')}" for one in ALL}

    assert {link for link in re.findall(r"\]\([^)]*?(#[^)]*)\)", page) if "." not in link} <= places
