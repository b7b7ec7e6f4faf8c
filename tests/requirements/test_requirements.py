from pathlib import Path

import pytest

from conformance.requirements import ALL, BY_ID, CHAPTERS, Basis, Level, Requirement
from conformance.requirements.sets import errata
from tools.checks import checks_of

PINNED = Path(__file__).with_name("requirement_ids.txt")


def _symbols() -> dict[str, str]:
    """Return the id of each requirement by chapter and constant, such as ``token.HEADER_WINS``."""
    return {
        f"{chapter}.{name}": value.id
        for chapter, module in CHAPTERS.items()
        for name, value in vars(module).items()
        if isinstance(value, Requirement)
    }


def test_ids_are_unique() -> None:
    assert len(ALL) == len(BY_ID)


def test_ids_are_stable_for_ever() -> None:
    # `make docs` adds new ids to the list, and takes none away.
    assert PINNED.read_text("utf-8").split() == sorted(BY_ID.keys() | errata().keys()), "run make docs"


def test_an_id_begins_with_its_chapter() -> None:
    assert {symbol.partition(".")[0] + ": " + one for symbol, one in _symbols().items()} == {
        f"{requirement.chapter}: {requirement.id}" for requirement in ALL
    }


def test_a_constant_has_the_name_of_its_slug_in_capitals() -> None:
    assert {symbol: one for symbol, one in _symbols().items() if _slug(symbol) != one.partition(".")[2]} == {}


def _slug(symbol: str) -> str:
    return symbol.partition(".")[2].lower().replace("_", "-")


def test_statements_are_unique() -> None:
    statements = [requirement.statement for requirement in ALL]

    assert sorted({one for one in statements if statements.count(one) > 1}) == []


def test_every_requirement_has_a_check() -> None:
    assert [one.id for one in ALL if not checks_of(one)] == []


@pytest.mark.parametrize(
    ("basis", "level"),
    [
        (Basis.INFERRED, Level.MUST),
        (Basis.INFERRED, Level.INFO),
        (Basis.SILENT, Level.MUST),
        (Basis.SILENT, Level.SHOULD),
        (Basis.STATED, Level.INFO),
        (Basis.STANDARD, Level.INFO),
    ],
)
def test_a_level_that_its_basis_forbids_is_refused(basis: Basis, level: Level) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Requirement("token.new", "Authentication", "A sentence.", basis=basis, level=level)


@pytest.mark.parametrize("id_", ["token", "Token.new", "token.New", "token.new_one", "token.new-"])
def test_an_id_without_chapter_and_slug_is_refused(id_: str) -> None:
    with pytest.raises(ValueError, match=r"chapter\.slug"):
        Requirement(id_, "Authentication", "A sentence.", basis=Basis.STATED, level=Level.MUST)


@pytest.mark.parametrize(
    ("source", "statement"), [("", "A sentence."), ("Page", "No stop"), ("Page", "x" * 140 + ".")]
)
def test_a_requirement_without_source_or_short_sentence_is_refused(source: str, statement: str) -> None:
    with pytest.raises(ValueError, match="needs a source"):
        Requirement("token.new", source, statement, basis=Basis.STATED, level=Level.MUST)
