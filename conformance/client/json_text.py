"""Parses JSON: strictly, as browsers parse an answer, and tolerantly, as a read-back may write it."""

import json
import re
from typing import Any

DEEPEST = 100
"""Levels of a text that are parsed tolerantly; what is deeper is left out."""
MOST_DIGITS = 4000
"""Digits of an integer that are parsed tolerantly; Python limits them, too."""
_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[][{}]', re.DOTALL)


def parse_strictly(content: bytes) -> Any:
    """Parse an answer as browsers and RFC 8259 (8.1) do: UTF-8 alone, and neither NaN nor Infinity.

    Raises ValueError.
    """
    try:
        return json.loads(content.decode("utf-8-sig"), parse_int=_integer, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def parse_tolerantly(text: str) -> Any:
    """Parse JSON of any depth and with numbers of any length: null replaces what Python cannot hold. Raises ValueError."""
    try:
        return json.loads(text, parse_int=_integer)
    except RecursionError:
        return json.loads(_shallow(text), parse_int=_integer)


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= MOST_DIGITS else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _shallow(text: str) -> str:
    """Replace every array and object below the deepest level by null."""
    kept: list[str] = []
    depth = start = 0
    for token in _STRINGS_AND_BRACKETS.finditer(text):
        if token[0] in {"[", "{"}:
            depth += 1
            if depth == DEEPEST + 1:
                kept += [text[start : token.start()], "null"]
        elif token[0] in {"]", "}"}:
            if depth == DEEPEST + 1:
                start = token.end()
            depth -= 1
    return "".join(kept if depth > DEEPEST else [*kept, text[start:]])
