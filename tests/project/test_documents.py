"""What is generated is what would be generated now: ``make docs`` was run after the last change."""

from pathlib import Path

import pytest

from tools import documents

GENERATED = documents.generated()


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: str(path.relative_to(documents.ROOT)))
def test_a_generated_file_is_fresh(path: Path) -> None:
    assert path.read_text("utf-8") == GENERATED[path], "run make docs"


def test_there_is_no_page_of_a_chapter_that_is_gone() -> None:
    there = {*documents.REQUIREMENTS.iterdir(), *documents.KILL_MATRIX.iterdir()}

    assert there <= GENERATED.keys()
