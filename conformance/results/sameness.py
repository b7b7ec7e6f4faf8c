"""Whether two results are the same, byte for byte, and the place of the first difference. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.results.checksum import SEAL
from conformance.results.file import Results

BROWSER = "browser"
"""The class whose findings no recording has."""
FOLLOWING = ("exit_status", "verdict", "classes", "waivers", SEAL)
"""What follows from findings, and is derived again whenever a file is read."""
OF_VISITS = ("finished", "requests", "events", "timeline", "browser")
"""Members of ``run`` that count the visits of a browser, too."""
OF_A_BROWSER = frozenset({"browser", "self-test", "page"})
"""Steps of the doctor that need the browser."""
PACKAGE = "suite.package"
LONGEST = 120
"""Characters of a value that a place shows."""


def first_difference(recorded: Results, again: Results) -> str:
    """Return the first place in which results differ, with both values; empty if they are the same.

    If a browser judged, its class and what counts its visits are not compared.
    """
    if BROWSER in recorded["run"]:
        recorded, again = _without_visits(recorded), _without_visits(again)
    found = [place for name in _in_order(recorded) for place in _member(recorded, again, name)]
    others = [place for place in found if not place.startswith(PACKAGE)]
    if found and not others:
        return f"{found[0]}; everything else is the same"
    return next(iter(others), "")


def _in_order(results: Results) -> list[str]:
    """Return the members of results: findings first, and what follows from them last."""
    return sorted(results, key=lambda name: (name != "requirements", name in FOLLOWING))


def _member(recorded: Results, again: Results, name: str) -> Iterator[str]:
    return _differences({name: recorded[name]}, {name: again[name]}, "")


def _without_visits(results: Results) -> Results:
    rest = {name: value for name, value in results.items() if name not in FOLLOWING}
    rest["doctor"] = [step for step in results.get("doctor", ()) if step["step"] not in OF_A_BROWSER]
    rest["run"] = {name: value for name, value in results["run"].items() if name not in OF_VISITS}
    rest["requirements"] = [one for one in results["requirements"] if one["class"] != BROWSER]
    return rest


def _differences(one: Any, other: Any, place: str) -> Iterator[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in (*one, *(name for name in other if name not in one)):
            if name not in one or name not in other:
                yield f"{_at(place, name)}: only in {'the results' if name in one else 'what was judged again'}"
            elif name != SEAL or place:
                yield from _differences(one[name], other[name], _at(place, name))
    elif _is_list(one) and _is_list(other):
        for number, (mine, theirs) in enumerate(zip(one, other, strict=False)):
            yield from _differences(mine, theirs, f"{place}[{_name(mine, number)}]")
        if len(one) != len(other):
            yield f"{place}: {len(one)} members in the results, {len(other)} in what was judged again"
    elif type(one) is not type(other) or one != other:
        yield f"{place}: {_shown(one)} in the results, {_shown(other)} in what was judged again"


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _name(member: Any, number: int) -> str:
    """Return how to name a member of a list: a requirement or a finding by its own name."""
    if isinstance(member, Mapping):
        return str(member.get("id") or member.get("check") or number)
    return str(number)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
