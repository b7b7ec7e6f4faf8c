"""Leaves the long values out of a stored event: a read-back may add any fields to it, and its values may need 20 times the memory of their text."""

import re

from conformance.inputs.fields import CARRIED_BY

LARGE = 16 << 10
"""The cost of an event from which on its long values are left out. The events of a run cost less."""
LONGEST_VALUE = 1 << 10
"""Characters of a value that are kept then."""
LONGEST_OWN_VALUE = 8 << 10
"""Characters of a value that are kept then, if its field is one that the suite sends."""
LONGEST_EVENT = 64 << 10
"""Characters of an event, at most, when its long values are left out."""
OF_A_VALUE = 64
"""Bytes of memory that each array, object and member needs besides its text."""
MOST_VALUES = 256 << 20
"""The cost of a text from which on it is not read: to look through it would take long, again and again."""
SPACE = 20
"""Characters that may stand between a name and its colon."""
LEFT_OUT = "left out by the suite"
STEP = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]++|[\]}]++|"', re.DOTALL)
"""A string, several brackets that open or close, or a string that does not end."""


def cost(text: str) -> int:
    """Return about how many bytes of memory the value of a JSON text needs."""
    return len(text) + OF_A_VALUE * (text.count("[") + text.count("{") + text.count(","))


def cost_of_bytes(body: bytes) -> int:
    """Return the cost of a body, whose text would be a copy."""
    return len(body) + OF_A_VALUE * (body.count(b"[") + body.count(b"{") + body.count(b","))


def trimmed(text: str, start: int = 0) -> tuple[str, int]:
    """Return the text of the object that begins at a place, with an object that names its length for each long value, and where it ends.

    Raises ValueError if it does not end.
    """
    kept: list[str] = []
    done, depth, began, name = start, 0, start, ""
    for found in STEP.finditer(text, start):
        first, last = found.span()
        bracket, count = text[first], last - first
        if bracket in "[{":
            if depth <= 1 < depth + count:
                began = first + 1 - depth
            depth += count
            continue
        if bracket in "]}":
            is_value, end = depth - count <= 1 < depth, first + depth - 1
            if depth <= count:
                last = first + depth
            depth = max(0, depth - count)
        else:
            if count == 1:
                break
            is_value = depth == 1
            began, end = (first, last) if is_value else (began, last)
        if is_value and bracket == '"' and text[last : last + SPACE].lstrip()[:1] == ":":
            name = text[first + 1 : last - 1] if count < LONGEST_VALUE else ""
        elif is_value and end - began > (LONGEST_OWN_VALUE if name in CARRIED_BY else LONGEST_VALUE):
            kept += [text[done:began], f'{{"{LEFT_OUT}": "{end - began} bytes"}}']
            done = end
        if depth == 0:
            return "".join([*kept, text[done:last]]), last
    raise ValueError("an object does not end")
