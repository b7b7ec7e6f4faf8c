"""Recordings from strangers, made by Hypothesis: they are refused in one line, or judged again without an error of another kind."""

import contextlib
import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance import __version__, results
from conformance.cli import main as command
from conformance.evidence.recording import NAME, UnusableRecording, read
from conformance.plugin.recording import versions
from conformance.results.package import package_digest
from tests.support.certificates import FACTS, conformant
from tests.support.recordings import put

pytestmark = pytest.mark.hostile

quickly = settings(
    max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**53 - 2, max_value=10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["exchange", "reading", "now", "\ud800", "1" * 400]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "counts"]) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
COUNTS = {
    "sent": 3,
    "bytes": 10,
    "replies": 2,
    "room": 1e6,
    "has_given_up": False,
    "timeline": [[17, "2xx", 2]],
}
WHOLE: dict[str, Any] = {
    "format": 1,
    "head": {
        "suite": {"version": __version__, "package": package_digest()},
        "versions": versions(),
        "run": {
            "id": FACTS.id,
            "kind": "url",
            "started": 1763629200.0,
            "observer": "https",
            "browser": False,
            "readings": 3,
            "options_of_curl": [],
        },
        "settings": {
            "target": FACTS.target,
            "token": "mqxfemrywtyzorsffv",
            "other_token": "",
            "revoked_token": "",
            "origin": "https://shop.example",
            "other_origin": "",
            "other_store_origin": "",
            "require": ["http"],
            "seed": FACTS.seed,
            "challenge": FACTS.challenge,
            "set": "2026-11",
            "effort": "standard",
            "max_requests": None,
            "max_rate": 20.0,
            "connections": 8,
            "timeout": 10.0,
            "patience": 20.0,
            "settle": 0.0,
        },
        "checks": ["test_token.py::test_a_request_without_a_token_is_refused"],
        "examples": {"test_generated": [{"size": 3}]},
    },
    "outcomes": [
        ["timeout", "no answer"],
        [201, "Created", [["Content-Type", "application/json"]], "null", False, "", 0, "", 0],
    ],
    "events": [{"event_id": "a", "session_id": "b"}],
    "entries": [
        ["monotonic", "", 5.5],
        ["network", "", [["connection", "ok", "connect", "connected", ""]]],
        ["time", "", 1763629200.5],
        ["nanoseconds", "", 1763629200500000000],
        ["now", "", 1763629200.5],
        ["exchange", "0123456789abcdef", [1, 1, 0]],
        ["reading", "store 0 ", [0, [0]]],
        ["reading", "store 0 ", [1, []]],
        ["reading", "store 0 ", "status 500 instead of 200"],
        ["waves", "0123456789abcdef", {"exchanges": [[0, 10.0, 5.0, True]], "counts": COUNTS}],
    ],
    "sha256": "",
}


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value in a JSON value."""
    yield place
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, member in members:
        yield from _places(member, (*place, name))


PLACES = [place for place in _places(WHOLE) if place and place != ("sha256",)]
"""Every place in a recording."""


def _with(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(WHOLE))
    part: Any = content
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = value
    return content


@contextlib.contextmanager
def _folder(content: bytes | dict[str, Any]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if isinstance(content, bytes):
            (folder / NAME).write_bytes(content)
        else:
            put(folder, content)
        yield folder


def _is_refused(content: bytes | dict[str, Any]) -> bool:
    """Return whether a recording was refused in one line."""
    with _folder(content) as folder:
        try:
            read(folder / NAME)
        except UnusableRecording as refused:
            text = str(refused)
            assert [text] == text.splitlines()
            assert len(text) < 2000
            return True
    return False


def test_the_recording_that_is_changed_here_is_one() -> None:
    assert not _is_refused(json.loads(json.dumps(WHOLE)))


@quickly
@given(
    st.binary(max_size=200)
    | st.binary(max_size=200).map(gzip.compress)
    | JSON.map(lambda value: gzip.compress(json.dumps(value).encode()))
)
@example(b"\x1f\x8b")
@example(gzip.compress(b"hello")[:-4])
@example(gzip.compress(b"hello") + b"more")
@example(gzip.compress(b"[" * 200_000))
@example(gzip.compress(b'{"format": 1e999}'))
@example(gzip.compress(b'{"format": ' + b"1" * 5000 + b"}"))
@example(gzip.compress(b'{"format": 1, "events": [' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"]}"))
def test_bytes_are_no_recording(content: bytes) -> None:
    assert _is_refused(content)


@quickly
@given(st.sampled_from(PLACES), JSON)
@example(("outcomes", 1, 3), "\u20ac")
@example(("entries", 5, 2, 0), 7)
@example(("entries", 6, 2, 0), 1)
@example(("head", "settings", "connections"), 2**40)
@example(("head", "run", "started"), 1e300)
def test_a_recording_with_any_value_in_any_place_is_read_or_refused_in_one_line(
    place: tuple[Any, ...], value: Any
) -> None:
    _is_refused(_with(place, value))


@settings(
    max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(st.sampled_from(PLACES), JSON)
@example(("head", "settings", "target"), "no URL")
@example(("head", "settings", "require"), ["a class"])
@example(("head", "settings", "set"), "1999-01")
@example(("head", "checks"), ["no such check"])
@example(("entries",), [])
@example(("entries", 1, 2, 0, 1), "problem")
@example(("outcomes", 1, 2, 0, 0), "\ud800")
@example(("events", 0, "session_id"), {"a": [None]})
def test_a_stranger_s_recording_ends_in_a_status_of_rejudge(place: tuple[Any, ...], value: Any) -> None:
    with _folder(_with(place, value)) as folder:
        results.write(conformant(package=package_digest()), folder / "results.json")
        assert command(["rejudge", str(folder)]) in {4, 6, 8}
        assert {NAME, "results.json"} == {path.name for path in folder.iterdir()}
