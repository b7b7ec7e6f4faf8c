"""Stored events with any additional fields: what is short is kept, and a run stays small."""

import json
import socket
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance import reference, results
from conformance.ingestion.observers import ReadBackError
from conformance.ingestion.observers.bodies import parse, text_and_object
from conformance.ingestion.observers.trimming import LEFT_OUT, LONGEST_OWN_VALUE, LONGEST_VALUE, trimmed
from conformance.requirements import batch, enrichment, events
from tests.support.cli_process import measured
from tests.support.faulty_networks import Relay
from tests.support.raw_servers import RawServer
from tests.support.runs import options_for

pytestmark = pytest.mark.hostile

MARK = "conformance-1a2b3c4d-"
OWN = {"event_id": "own", "session_id": f"{MARK}1", "product_id": 1, "contextual_data": {"a": [1, "]}"]}}
ARRAYS = "[" + "[]," * 30_000 + "[]]"
VALUES = {
    "arrays": ARRAYS,
    "objects": "[" + "{}," * 30_000 + "{}]",
    "deep": "[" * 50_000 + "]" * 50_000,
    "deep-objects": '{"a":' * 20_000 + "1" + "}" * 20_000,
    "mixed": '{"a": [{"b": "]}\\"{["}, 1]}'[:-1] + ', "c": ' + ARRAYS + "}",
    "text": '"' + 'x\\"[{' * 30_000 + '"',
}


def _own(extra: str, name: str = "extra") -> str:
    return f'{{"{name}": {extra}, {json.dumps(OWN)[1:]}'


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
@pytest.mark.parametrize("form", ["array", "events", "lines"])
def test_an_event_with_a_long_additional_value_keeps_the_others(value: str, form: str) -> None:
    other = json.dumps({**OWN, "event_id": "other"})
    lines = [other, _own(value), _own(value, "contextual data"), other]
    array = f"[{', '.join(lines)}]"
    body = {"array": array, "events": f'{{"events": {array}, "next": null}}', "lines": "\n".join(lines)}[form]

    found = parse(body.encode(), mark=MARK).events

    assert [event["event_id"] for event in found] == ["other", "own", "own", "other"]
    assert {**found[1], **OWN} == found[1]
    assert LEFT_OUT in found[1]["extra"]


def test_a_field_of_the_suite_that_is_too_long_says_how_long_it_is() -> None:
    _, event = text_and_object(json.dumps({**OWN, "contextual_data": {"a": [1] * 9000}}).encode())

    assert event == {**OWN, "contextual_data": {LEFT_OUT: "27007 bytes"}}


def test_an_event_that_is_too_long_without_its_long_values_is_no_absent_event() -> None:
    members = ", ".join(f'"{number}": 1' for number in range(20_000))

    with pytest.raises(ReadBackError, match="an event of the run has more than 65536 bytes"):
        parse(f"[{{{members}, {json.dumps(OWN)[1:]}]".encode(), mark=MARK)


def test_a_reading_with_too_many_values_is_refused_with_advice() -> None:
    with pytest.raises(ReadBackError, match="it has too many values; let it return"):
        parse(f"[{_own('[' + '[],' * 3_000_000 + '[]]')}]".encode(), mark=MARK)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.sampled_from('ab[]{}",:\\ \u00e9')) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(
    event=st.dictionaries(st.text(max_size=4), JSON, max_size=5),
    spaces=st.integers(0, 4),
    is_ascii=st.booleans(),
)
@example(event={"a": {"b": "]"}, "c": "x"}, spaces=1, is_ascii=True)
def test_of_any_object_what_is_short_stays(event: dict[str, Any], spaces: int, is_ascii: bool) -> None:
    long = {"of the target": [[]] * LONGEST_VALUE, "contextual_data": {"a": "b" * LONGEST_OWN_VALUE}}
    whole = {**event, **long, "last": {"a": [{}]}}
    text = " " * spaces + json.dumps(whole, ensure_ascii=is_ascii, indent=spaces or None)

    short, end = trimmed(text + ' , {"x": 1}', spaces)

    kept = json.loads(short)
    assert end == len(text)
    assert {name: kept[name] for name in event} == {name: whole[name] for name in event} | {
        name: kept[name] for name in long.keys() & event.keys()
    }
    assert all(LEFT_OUT in kept[name] for name in long)
    assert kept["last"] == {"a": [{}]}


def test_bodies_with_many_nested_values_cost_little_memory() -> None:
    program = textwrap.dedent(f"""
        import json, resource
        from contextlib import suppress
        from conformance.ingestion.observers import ReadBackError
        from conformance.ingestion.observers.bodies import parse
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        own = json.dumps({OWN!r})[:-1] + ', "extra": '
        for count, pairs in ((1, 1_000_000), (4000, 250), (1, 9_000_000), (20_000, 10)):
            value = "[" + "[]," * pairs + "[]]"
            body = ("[" + ",".join([own + value + "}}"] * count) + "]").encode()
            with suppress(ReadBackError):
                assert len(parse(body, mark={MARK!r}).events) == count
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
    """)
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=200
    )

    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) < 150, "megabytes, with the body itself three times"


def _with_extras(relay: Relay, server: RawServer, connection: socket.socket) -> None:
    """Answer as the reference does; each stored event has another field, with many values."""
    reply = relay.reply(server)
    head, end, body = reply.partition(b"\r\n\r\n")
    if server.own.request.startswith(b"GET") and body.startswith(b"["):
        shown = json.loads(body)
        room = max(1, 600_000 // (len(shown) or 1))
        extra = "[" + "[]," * room + "[]]"
        body = (
            "[" + ", ".join(f'{json.dumps(event)[:-1]}, "x": {extra}}}' for event in shown) + "]"
        ).encode()
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
        reply = b"\r\n".join([*lines, b"Content-Length: %d" % len(body)]) + end + body
    connection.sendall(reply)


def test_a_run_whose_read_back_adds_fields_to_every_event_stays_small_and_is_not_condemned(
    tmp_path: Path,
) -> None:
    chosen = [
        f"--requirement={one.id}"
        for one in (batch.INGESTS_ALL, events.UNKNOWN_TYPE_SKIPPED, enrichment.CHANNEL_WEB)
    ]
    with reference.Server() as server, RawServer(Relay(server, _with_extras)) as target:
        options = [one for one in options_for(server) if not one.startswith("--observer")]
        own = [f"--observer={server.observer.replace(server.url, target.url)}", "--effort=quick"]
        status, said, peak = measured(
            ["run", *options, *own, *chosen, f"--report-dir={tmp_path / 'out'}"], tmp_path, 240
        )

    assert status in {0, 6}, said
    assert peak < 300, "megabytes"
    found = {
        item["verdict"]: item["reason"]
        for item in results.read(tmp_path / "out" / "results.json")["requirements"]
        if item["findings"]
    }
    assert found.keys() <= {"held", "not-judged"}, found
    assert "held" in found, said
