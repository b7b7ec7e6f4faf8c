"""``recording.json.gz``: everything that a run took from outside, without secrets and without events of others.

A file may come from anybody, so it is read up to limits, and its form is checked before anything is made of it.
"""

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

import jsonschema_rs

from conformance.client.recorded import outcome_from_json

FORMAT = 1
NAME = "recording.json.gz"
LONGEST_FILE = 24 << 20
LONGEST_TEXT = 96 << 20
"""Bytes of the JSON. A standard run against the reference has about five million."""
LONGEST_WHY = 200
"""Characters of an error that quotes a file."""


class UnusableRecording(ValueError):
    """A file is not a recording that this version reads; the text has the path and says why in one line."""


@dataclass(frozen=True)
class Recording:
    """A recording, as its file has it."""

    head: Mapping[str, Any]
    """The run: its id, its settings without secrets, the versions that judged."""
    outcomes: Sequence[Any]
    """Replies, and reasons why one is missing; entries name them by their number."""
    events: Sequence[Mapping[str, Any]]
    """Stored events; readings name them by their number."""
    entries: Sequence[Sequence[Any]]
    """What the run took, in its order: a kind, what was asked, and a value."""
    is_sealed: bool = True
    """Whether the file is as a run wrote it; anybody who can run this code can seal any content."""


def as_bytes(
    head: Mapping[str, Any], outcomes: Sequence[str], events: Sequence[str], entries: Sequence[Sequence[Any]]
) -> bytes:
    """Return the content of a recording's file; ``outcomes`` and ``events`` are JSON texts."""
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    text = (
        f'{{"format": {FORMAT},\n"head": {json.dumps(head)},\n"outcomes": [{_list(outcomes)}],\n'
        f'"events": [{_list(events)}],\n"entries": [{lines}],\n'
    )
    raw = text.encode("ascii")
    # A fixed time: the same recording has the same bytes.
    return gzip.compress(raw + f'"sha256": "{hashlib.sha256(raw).hexdigest()}"}}\n'.encode(), 6, mtime=0)


def _list(texts: Sequence[str]) -> str:
    return ",\n".join(texts)


def read(path: Path) -> Recording:
    """Return the recording in a file. Raises UnusableRecording."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        _refuse(path, f"cannot be read ({getattr(error, 'strerror', None) or error})")
    if len(content) > LONGEST_FILE:
        _refuse(path, f"is not a recording: it has more than {LONGEST_FILE} bytes")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as opened:
            raw = opened.read(LONGEST_TEXT + 1)
    except (OSError, EOFError, zlib.error):
        _refuse(path, "is not a complete gzip file; was it cut?")
    if len(raw) > LONGEST_TEXT:
        _refuse(path, f"is not a recording: it has more than {LONGEST_TEXT} bytes when it is unpacked")
    return _parsed(path, raw)


def _parsed(path: Path, raw: bytes) -> Recording:
    try:
        value = json.loads(raw.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        _refuse(path, "is not a complete JSON file; was it cut?")
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        found = value.get("format") if isinstance(value, dict) else None
        _refuse(path, f"has format {found!r}; this version reads format {FORMAT}")
    events = value.get("events")
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        _refuse(path, "is not a recording (its events are not objects)")
    try:
        # A stored event may be nested more deeply than the validator goes.
        jsonschema_rs.validate(_schema(), {**value, "events": []})
    except jsonschema_rs.ValidationError as error:
        _refuse(path, f"is not a recording ({error.message} at {error.instance_path})")
    except ValueError as error:  # such as a number that the validator does not have
        _refuse(path, f"is not a recording ({error})")
    recording = Recording(
        value["head"], value["outcomes"], value["events"], value["entries"], _is_sealed(raw, value["sha256"])
    )
    if why := next(_problems(recording), ""):
        _refuse(path, f"is not a recording ({why})")
    return recording


def _is_sealed(raw: bytes, digest: str) -> bool:
    rest, mark, _ = raw.rpartition(b'"sha256"')
    return bool(mark) and hashlib.sha256(rest).hexdigest() == digest


def _problems(recording: Recording) -> Iterator[str]:
    """Yield in a few words what the schema does not say."""
    for outcome in recording.outcomes:
        try:
            outcome_from_json(outcome)
        except (ValueError, TypeError):
            yield "a reply in it is not one"
    known = 0
    for number, (kind, _, value) in enumerate(recording.entries):
        if any(not 0 <= one < len(recording.outcomes) for one in _outcomes(kind, value)):
            yield f"entry {number} names a reply that it does not have"
        if kind == "reading" and isinstance(value, list):
            same, more = value[:2]
            if same > known or any(not 0 <= one < len(recording.events) for one in more):
                yield f"entry {number} names an event that it does not have"
            known = same + len(more)


def _outcomes(kind: str, value: Any) -> list[int]:
    if kind == "exchange":
        return [value[0]]
    return [one[0] for one in value["exchanges"]] if kind == "waves" else []


def _schema() -> dict[str, Any]:
    text = resources.files("conformance.evidence").joinpath("recording.schema.json").read_text("utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _refuse(path: Path, why: str) -> NoReturn:
    text = f"{path}: {why}"
    shown = text if text.isprintable() else text.encode("unicode_escape").decode()
    longest = len(str(path)) + LONGEST_WHY
    raise UnusableRecording(shown if len(shown) <= longest else f"{shown[: longest - 1]}…") from None
