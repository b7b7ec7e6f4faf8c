"""No test can hang: whatever a test, a tool or the benchmark starts has a limit of time."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STARTS_AND_WAITS = {f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output")}


def unbounded(text: str) -> Iterator[int]:
    """Yield the lines that start a process, or wait for one, without a limit."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name, *_ = called = ast.unparse(node.func).rpartition(".")
        is_wait = called[-1] in {"wait", "communicate"} and "process" in name.lower()
        has_limit = any(keyword.arg in {"timeout", None} for keyword in node.keywords) or (
            is_wait and node.args
        )
        if (ast.unparse(node.func) in STARTS_AND_WAITS or is_wait) and not has_limit:
            yield node.lineno


@pytest.mark.parametrize("folder", ["tests", "tools", "bench"])
def test_every_process_that_is_started_has_a_limit_of_time(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in unbounded(path.read_text("utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("subprocess.run(['x'])", [1]),
        ("subprocess.run(['x'], timeout=5)", []),
        ("process.wait()", [1]),
        ("process.wait(5)", []),
        ("event.wait()", []),
    ],
)
def test_a_process_without_a_limit_is_found(text: str, lines: list[int]) -> None:
    assert list(unbounded(text)) == lines
