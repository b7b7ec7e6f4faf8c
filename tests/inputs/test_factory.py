"""What the factory's events become in the body of a request."""

import json

from conformance.inputs.events import changed_event
from conformance.inputs.factory import EventFactory, body
from conformance.inputs.fields import TYPES
from conformance.inputs.valid_events import USUAL


def test_a_batch_is_written_unchanged_and_a_lone_surrogate_as_its_escape_sequence() -> None:
    sent = EventFactory("run").make(changed_event(TYPES[0], "odd", session_id="\ud800é"))

    written = body([sent, 7, None], token="t")  # noqa: S106 - a member of a body

    assert b'"session_id": "\\ud800\xc3\xa9"' in written
    shown = json.loads(written)
    assert {"events": [sent.entry, 7, None], "token": "t"} == shown


def test_every_valid_event_is_known_by_the_id_that_it_is_sent_with() -> None:
    factory = EventFactory("run")
    sent = [described.make(TYPES[0], factory, "") for described in USUAL]

    assert {one.entry["event_id"].lower() for one in sent} - factory.ids.keys() == set()
