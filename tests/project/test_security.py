"""SECURITY.md and the README say how many hostile inputs are tried, and no more than that."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README, SECURITY = ((ROOT / name).read_text("utf-8") for name in ("README.md", "SECURITY.md"))
FUZZED = ROOT / "tests" / "hostile" / "test_fuzzed_files.py"


def _said(page: str) -> tuple[int, int]:
    found = re.search(r"more\s+than\s+(\d+)\s+\w+.*?(\d+)\s+files", page, re.DOTALL)
    assert found is not None
    return int(found[1]), int(found[2])


def test_the_pages_say_how_many_hostile_inputs_are_tried() -> None:
    command = [sys.executable, "-m", "pytest", "tests/hostile", "--collect-only", "-q"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)  # noqa: S603 - our own
    collected = sum("::" in line for line in ran.stdout.splitlines())
    examples = re.search(r"max_examples=(\d+)", FUZZED.read_text("utf-8"))
    assert examples is not None
    files = int(examples[1]) * FUZZED.read_text("utf-8").count("@quickly")

    for page in (README, SECURITY):
        attacks, made = _said(page)
        assert 0 <= collected - attacks < collected // 5
        assert made == files


def test_every_module_of_attacks_is_marked() -> None:
    modules = sorted((ROOT / "tests" / "hostile").glob("test_*.py"))

    assert [
        path.name for path in modules if "pytestmark = pytest.mark.hostile" not in path.read_text("utf-8")
    ] == []
