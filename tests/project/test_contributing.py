"""CONTRIBUTING's tables have every room and every dependency, and nothing that is gone."""

import ast
import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from tests.project.test_architecture import MAY_IMPORT, PACKAGE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = sorted(PACKAGE.rglob("__init__.py"))


def _first_column(heading: str) -> set[str]:
    section = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    table = next(text for text in section if text.startswith(heading))
    rows = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)[1:]
    return {name for row in rows for name in re.sub(r"\(.*?\)", "", row).replace("`", "").strip().split(", ")}


def test_the_table_of_rooms_is_the_import_table() -> None:
    rooms = {f"{room}/" if (PACKAGE / room).is_dir() else f"{room}.py" for room in MAY_IMPORT}

    assert _first_column("Rooms") == rooms - {"__main__.py", "__init__.py"}


def test_every_dependency_has_its_reason() -> None:
    groups = [
        PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"].values(),
        PROJECT["dependency-groups"]["dev"],
    ]
    needed = {re.split(r"[\[<>=]", one)[0] for one in chain.from_iterable(groups) if isinstance(one, str)}

    assert needed == {name.strip() for name in _first_column("Dependencies")}


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: str(path.parent.relative_to(PACKAGE.parent)))
def test_a_package_says_what_it_is_for_and_what_it_may_hold(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""

    assert len(re.findall(r"[.](?:\s|$)", said)) >= 2, said
