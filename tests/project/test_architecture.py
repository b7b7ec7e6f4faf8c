"""Checks which rooms may import which, how large they may be, and what the suite may contain."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance
from conformance.report.text.progress import ALSO

PACKAGE = Path(conformance.__file__).parent
MAY_IMPORT: dict[str, set[str]] = {
    "requirements": set(),
    "settings": {"requirements"},
    "inputs": {"client"},
    "client": set(),
    "reference": set(),
    "expect": {"client"},
    "mutants": {"reference", "requirements"},
    "results": {"requirements"},
    "report": {"requirements", "results"},
    "certificate": {"requirements", "results", "settings"},
    "evidence": {"client", "expect", "inputs"},
    "ingestion": {"client", "expect", "inputs", "settings"},
    "browser": {"client", "expect", "inputs"},
    "runner": {"client", "evidence", "expect", "inputs", "requirements", "results"},
    "doctor": {"browser", "client", "expect", "ingestion", "inputs", "settings"},
    "plugin": {
        *("browser", "client", "doctor", "evidence", "expect", "ingestion", "inputs", "reference"),
        "report",
        *("requirements", "results", "runner", "settings"),
    },
    "suite": {
        *("browser", "client", "expect", "ingestion", "inputs", "plugin", "requirements", "runner"),
        "settings",
    },
    "cli": {
        *(
            "certificate",
            "doctor",
            "mutants",
            "plugin",
            "reference",
            "report",
            "requirements",
            "results",
            "settings",
        ),
    },
    "__main__": {"cli"},
    "__init__": {"cli"},
}
"""Each room, and the rooms that it may import."""
OWNERS = {
    "brotli": {"client"},
    "zstandard": {"client"},
    "httpx": {"client"},
    "httpcore": {"client"},
    "schemathesis": {"runner"},
    "starlette": {"reference", "mutants"},
    "uvicorn": {"reference"},
    "hypothesis": {"inputs", "suite", "plugin", "runner"},
    "pytest": {"plugin", "suite", "report", "cli"},
    "jinja2": {"report"},
    "yaml": {"inputs"},
    "playwright": {"browser"},
    "sqlalchemy": {"ingestion"},
    "idna": {"settings"},
    "shtab": {"cli"},
    "cryptography": {"certificate"},
}
"""Third-party libraries, and the rooms that may import them."""
MOST_ROOMS, MOST_FLOORS, MOST_ARROWS = 20, 7, 66
LOOSE = {"__init__.py", "__main__.py", "expect.py"}
"""The modules that are in no package."""
LONGEST_MODULE = 400
LONGEST_HELPER = 8
"""Lines of a function of the suite that is not a check, without its signature and docstring."""


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_the_rooms_that_it_may_import(path: Path) -> None:
    room = _room(path)
    ours = {name.split(".")[1] for name in _imports(path) if name.startswith("conformance.")}

    assert set() == ours - MAY_IMPORT.get(room, set()) - {room, "__version__"}


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_its_owners_import_a_third_party_library(path: Path) -> None:
    known = {name.partition(".")[0] for name in _imports(path)} & OWNERS.keys()

    assert set() == {name for name in known if _room(path) not in OWNERS[name]}


def _arrows() -> dict[str, set[str]]:
    """Return the rooms that each room imports."""
    arrows: dict[str, set[str]] = {}
    for path in _modules():
        ours = {name.split(".")[1] for name in _imports(path) if name.startswith("conformance.")}
        arrows.setdefault(_room(path), set()).update(ours - {_room(path), "__version__"})
    return arrows


def test_the_house_is_small_enough_to_remember() -> None:
    arrows = _arrows()

    def floor(room: str, below: tuple[str, ...] = ()) -> int:
        assert room not in below, f"a cycle: {' → '.join((*below, room))}"
        return 1 + max((floor(other, (*below, room)) for other in arrows[room]), default=0)

    assert len(arrows) <= MOST_ROOMS
    assert max(map(floor, arrows)) <= MOST_FLOORS
    assert sum(map(len, arrows.values())) <= MOST_ARROWS
    assert {path.name for path in PACKAGE.glob("*.py")} == LOOSE


def test_suite_modules_never_import_each_other() -> None:
    crossing = [
        path for path in (PACKAGE / "suite").glob("*.py") for name in _imports(path) if ".suite" in name
    ]

    assert crossing == []


def _lines(function: ast.FunctionDef) -> int:
    """Return the number of lines in the body of a function."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def test_the_suite_contains_only_checks_and_short_helpers() -> None:
    machinery = [
        f"{path.name}: {node.name}"
        for path in (PACKAGE / "suite").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
        or (
            isinstance(node, ast.FunctionDef)
            and not node.name.startswith("test_")
            and _lines(node) > LONGEST_HELPER
        )
    ]

    assert machinery == []


def test_only_one_module_imports_schemathesis() -> None:
    importing = {
        path.name for path in _modules() if any(name.startswith("schemathesis") for name in _imports(path))
    }

    assert {"schemathesis.py"} == importing


def test_every_chapter_has_a_module_of_checks() -> None:
    chapters = {path.stem for path in (PACKAGE / "requirements").glob("*.py")} - {
        "__init__",
        "model",
        "open_questions",
        "published",
    }
    checks = {path.stem.removeprefix("test_") for path in (PACKAGE / "suite").glob("test_*.py")}

    assert chapters == checks - {"openapi", *ALSO}


def test_no_module_is_too_long_to_read() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in _modules()}

    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_module_catches_every_exception() -> None:
    broad = [
        f"{path.name}:{node.lineno}"
        for path in _modules()
        if path != PACKAGE / "__main__.py"  # after it, Python would end with the status of a violation
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    ]

    assert broad == []
