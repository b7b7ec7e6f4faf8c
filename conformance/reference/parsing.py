"""JSON as a careful server reads it: nothing that is no JSON, nothing that would break it later."""

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 500
"""How deep a body may be nested (silent, so ours to say): a fixed number, for Python's own limit moves about."""
_DIGITS = 308
"""Integers up to this length fit a double; longer ones are no number to a JavaScript client."""
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"?|[][{}]', re.DOTALL)


def loads(body: bytes) -> Any:
    """Read a body, or raise a ``ValueError``: not UTF-8, not JSON, ``NaN``, ``Infinity``, nested too deep.

    A number beyond every double reads as null, which passes for no number where a field wants one. A lone surrogate
    is JSON, if only just, and stays.
    """
    text = body.decode("utf-8")
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _measure(text)
    return json.loads(text, parse_int=_integer, parse_float=_double, parse_constant=_constant)


def _measure(text: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > MAX_DEPTH:
            raise ValueError(f"Nested deeper than {MAX_DEPTH} levels.")


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _DIGITS else None


def _double(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")
