"""What is generated is what would be generated now: ``make docs`` was run after the last change."""

import re
from pathlib import Path

import pytest

from tools import documents

GENERATED = documents.generated()
PAGES = [*documents.ROOT.glob("*.md"), *(documents.ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: str(path.relative_to(documents.ROOT)))
def test_a_generated_file_is_fresh(path: Path) -> None:
    assert path.read_text("utf-8") == GENERATED[path], "run make docs"


def test_there_is_no_page_of_a_chapter_that_is_gone() -> None:
    there = {*documents.REQUIREMENTS.iterdir(), *documents.KILL_MATRIX.iterdir()}

    assert there <= GENERATED.keys()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(documents.ROOT)))
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", path.read_text("utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(documents.ROOT)))
def test_every_link_to_a_heading_leads_to_one(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]*)#([^)\s]*)\)", path.read_text("utf-8"))

    assert [
        link for link in links if link[1] not in _headings(path.parent / link[0] if link[0] else path)
    ] == []


def _headings(page: Path) -> set[str]:
    """Return the names under which GitHub links to a page's headings."""
    found = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text).lower().replace(" ", "-") for text in found}
