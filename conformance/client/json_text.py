"""Parses JSON: strictly, as browsers parse an answer, and tolerantly, as a read-back may write it."""

import json
import re
from typing import Any

DEEPEST = 100
"""Levels of a text that are parsed tolerantly; what is deeper is left out."""
MOST_DIGITS = 4000
"""Digits of an integer that are parsed tolerantly; Python limits them, too."""
_STRINGS_AND_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]++|[\]}]++', re.DOTALL)
_LONG_INTEGER = re.compile(rf"(?<![\d.])-?\d{{{MOST_DIGITS},}}+(?![.eE])")
# They never go back, so that a long string costs no memory.


def parse_strictly(content: bytes) -> Any:
    """Parse an answer as browsers and RFC 8259 (8.1) do: UTF-8 alone, and neither NaN nor Infinity; of any depth.

    null replaces what Python cannot hold: arrays and objects that are very deep, and very long integers. Raises ValueError.
    """
    text = content.decode("utf-8-sig")
    try:
        return json.loads(text, parse_int=_integer, parse_constant=_refuse)
    except RecursionError:
        return json.loads(_shallow(text), parse_int=_integer, parse_constant=_refuse)


def parse_tolerantly(text: str) -> Any:
    """Parse JSON of any depth and with numbers of any length: null replaces what Python cannot hold. Raises ValueError."""
    try:
        return json.loads(text, parse_int=_integer)
    except RecursionError:
        return json.loads(_shallow(text), parse_int=_integer)


def bearable(content: bytes) -> bytes:
    """Return a body that every parser bears: arrays and objects that are deep, and long integers, become null; all else stays."""
    text = content.decode("utf-8", "surrogateescape")
    return _LONG_INTEGER.sub("null", _shallow(text)).encode("utf-8", "surrogateescape")


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= MOST_DIGITS else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _shallow(text: str) -> str:
    """Replace every array and object below the deepest level by null."""
    kept: list[str] = []
    depth = start = 0
    for token in _STRINGS_AND_BRACKETS.finditer(text):
        count = token.end() - token.start()
        match text[token.start()]:
            case "[" | "{":
                if depth <= DEEPEST < depth + count:
                    kept += [text[start : token.start() + DEEPEST - depth], "null"]
                depth += count
            case "]" | "}":
                if depth - count <= DEEPEST < depth:
                    start = token.start() + depth - DEEPEST
                depth -= count
            case _:  # a string
                pass
    return "".join(kept if depth > DEEPEST else [*kept, text[start:]])
