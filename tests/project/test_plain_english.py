"""The texts that users read do not use the sentence patterns that readers stumbled on most often."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance

ROOT = Path(__file__).parents[2]
PACKAGE = Path(conformance.__file__).parent
INSTEAD_OF = {
    r"(?<!here )\b(?:is|was) no (?!longer\b)": '"is not a …", or what it has to be: "must be a number of at least 1"',
    r"\b(?:is|are|was|were) (?-i:none)\b": '"there is no …", or "is not a …"',
    r"\bwhat (?:it|they|\w+) comes? to\b": '"the result", "the outcome"',
    r"\b(?:comes|came) to\b": '"the result is", "the outcome was"',
    r"\bsuch that\b": '"so that"',
    r"\b(?:is|are|was|were|be|been) told\b": '"--option was given", "is set"',
    r"\bunless told\b": '"by default"',
    r"\bthat which\b": '"what", or the thing\'s name',
    r"\bwhat came\b(?! back)": '"observed", "the reply"',
    r"\bnone of (?:them|these|it) is\b": '"it was not …"',
    r"\w's (?:own )?[\w-]+'s\b": 'two sentences, or "… of …": one possessive is enough',
    r"\w's that\b": "the noun that the possessive belongs to",
}
"""Patterns that readers stumbled on, and what to write instead."""
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "action.yml")),
    *(ROOT / name for name in ("examples/README.md", "bench/README.md", "reports/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
BEFORE_AND_AFTER = re.compile(r"^\| not \| but \|\n(?:\|.*\n)+", re.MULTILINE)
"""The table in CONTRIBUTING that shows how not to write."""
CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def _stumbles(text: str) -> Iterator[str]:
    for pattern, instead in INSTEAD_OF.items():
        for found in re.finditer(pattern, text, re.IGNORECASE):
            around = " ".join(text[max(0, found.start() - 40) : found.end() + 30].split())
            yield f"“{found[0]}” in “{around}”: write {instead}"


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the string literals and docstrings of a module, each with its line; an f-string's parts are apart."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _rooms() -> list[str]:
    return sorted({path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")})


def _in_room(room: str) -> Iterator[str]:
    files = [PACKAGE / f"{room}.py", *sorted((PACKAGE / room).rglob("*.py"))]
    for path in filter(Path.exists, files):
        for line, text in _texts(path):
            yield from (f"{path.relative_to(ROOT)}:{line}: {one}" for one in _stumbles(text))
    for path in sorted((PACKAGE / room).rglob("*.jinja")):
        yield from (f"{path.relative_to(ROOT)}: {one}" for one in _stumbles(path.read_text("utf-8")))


def _prose(page: Path) -> str:
    return CODE.sub("…", BEFORE_AND_AFTER.sub("", page.read_text("utf-8")))


@pytest.mark.parametrize("room", _rooms())
def test_the_texts_of_a_room_are_in_plain_english(room: str) -> None:
    found = list(_in_room(room))

    assert found == [], "\n".join(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_is_in_plain_english(page: Path) -> None:
    found = list(_stumbles(_prose(page)))

    assert found == [], "\n".join(found)


def test_the_command_s_help_is_in_plain_english() -> None:
    helped = subprocess.run(
        [sys.executable, "-m", "conformance", "--help"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert list(_stumbles(helped.stdout)) == []


@pytest.mark.parametrize(
    "text",
    [
        "--seed x: is no number from 0",
        "its host or port is none",
        "what it comes to",
        "a value such that it holds",
        "as the run was told",
        "20 unless told",
        "that which is sent",
        "none of them is ingested",
        "the configuration's mistake's cause",
        "mistakes of the configuration's that are found",
    ],
)
def test_each_pattern_is_found(text: str) -> None:
    assert list(_stumbles(text)) != []


def test_plain_sentences_pass() -> None:
    plain = (
        "--seed x: must be a whole number of at least 0. The target is no longer there. There is no token."
    )

    assert list(_stumbles(plain)) == []
