"""The packages of ``conformance/report``: one for each format, and one for their common content."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

from conformance import report

PACKAGE = Path(report.__file__).parent
MOST_ROOMS, MOST_FLOORS, MOST_ARROWS = 9, 4, 15


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports() -> dict[str, set[str]]:
    """Return the packages, and the other packages that each imports."""
    rooms: dict[str, set[str]] = {}
    for path in sorted({*PACKAGE.rglob("*.py")} - {PACKAGE / "__init__.py"}):
        imported = rooms.setdefault(_room(path), set())
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("conformance.report"):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                imported |= {name.split(".")[2] for name in names} - {_room(path)}
    return rooms


def test_the_packages_are_few_and_import_each_other_without_a_cycle() -> None:
    rooms = _imports()
    floors: dict[str, int] = {}
    for room in TopologicalSorter(rooms).static_order():
        floors[room] = 1 + max((floors[below] for below in rooms[room]), default=0)

    assert len(rooms) <= MOST_ROOMS
    assert max(floors.values()) <= MOST_FLOORS
    assert sum(map(len, rooms.values())) <= MOST_ARROWS


def test_content_has_no_layout() -> None:
    assert set() == _imports()["content"]
