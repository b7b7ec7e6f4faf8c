"""A strict JSON parser with limits on depth and on numbers."""

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 500
"""The deepest nesting that is read (silent, so our choice); a fixed number, because Python's own limit varies."""
_DIGITS = 308
"""The longest integer that fits a double, in digits."""
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"?|[][{}]', re.DOTALL)


def loads(body: bytes) -> Any:
    """Parse a body. Raises ValueError if it is not UTF-8, not JSON, nested too deeply, or has ``NaN`` or ``Infinity``.

    A number too large for a double is read as null, so a field that needs a number refuses it. A lone surrogate is
    legal JSON, and stays as it is.
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
