"""Checks of chapter events: valid values that look wrong, and wrong ones that a lenient reader converts."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from conformance import expect
from conformance.client import clock
from conformance.ingestion import expect_stored
from conformance.ingestion.submissions import Submissions, expect_ingested, expect_skipped
from conformance.inputs.events import EventSpec, changed_event, valid_event
from conformance.inputs.fields import CARRIED_BY, NUMBERS, TYPES
from conformance.inputs.identifiers import ID_FORMS, ID_SPELLINGS
from conformance.inputs.unusual_events import DEPTHS, PUNCTUATED, SCRIPT_EVENTS
from conformance.plugin.markers import covers
from conformance.requirements import events as clause

NOW = clock.run_start().replace(microsecond=0)


def _named(*specs: EventSpec) -> list[object]:
    return [pytest.param(one, id=one.name.replace(" ", "-")) for one in specs]


LOOK_ALIKES = (
    *(
        valid_event("collection_view", f"collection_handle is {text}", collection_handle=text)
        for text in ("0", "false", "null")
    ),
    *(valid_event("search", f"query is {text}", query=text) for text in "bx"),
)


@covers(clause.LOOK_ALIKES_INGESTED)
@pytest.mark.parametrize("spec", _named(*LOOK_ALIKES))
def test_an_event_with_a_value_that_looks_absent_is_ingested(
    submissions: Submissions, spec: EventSpec
) -> None:
    expect_ingested(submissions, spec)


def _with_id(forms: Mapping[str, Callable[[str], str]]) -> list[object]:
    return _named(
        *(valid_event("product_view", f"id is {name}", event_id=form) for name, form in forms.items())
    )


@covers(clause.ID_FORMS_INGESTED)
@pytest.mark.parametrize("spec", _with_id(ID_FORMS))
def test_an_event_with_each_form_of_id_is_ingested(submissions: Submissions, spec: EventSpec) -> None:
    expect_ingested(submissions, spec)


@covers(clause.ID_SPELLINGS_INGESTED)
@pytest.mark.parametrize("spec", _with_id(ID_SPELLINGS))
def test_an_event_with_a_newer_or_respelled_id_is_ingested(submissions: Submissions, spec: EventSpec) -> None:
    expect_ingested(submissions, spec)


@covers(clause.ANY_SCRIPT_INGESTED)
@pytest.mark.parametrize("specs", [pytest.param(specs, id=name) for name, specs in SCRIPT_EVENTS.items()])
def test_an_event_with_text_in_a_script_is_ingested(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for one in specs:
        expect_ingested(submissions, one)


@covers(clause.NESTED_DATA_INGESTED)
@pytest.mark.parametrize(
    "spec",
    _named(
        *(valid_event(kind, f"empty data, {kind}", contextual_data={}) for kind in TYPES[::4]),
        *(one for one in DEPTHS if one.valid),
    ),
)
def test_an_event_with_nested_or_empty_data_is_ingested(submissions: Submissions, spec: EventSpec) -> None:
    expect_ingested(submissions, spec)


@covers(clause.PRODUCT_0_INGESTED)
@pytest.mark.parametrize("spec", _named(valid_event("product_view", "product_id is 0", product_id=0)))
def test_an_event_with_product_0_is_ingested(submissions: Submissions, spec: EventSpec) -> None:
    expect_ingested(submissions, spec)


@covers(clause.PUNCTUATION_INGESTED)
@pytest.mark.parametrize("specs", [pytest.param(PUNCTUATED, id="each-sign")])
def test_an_event_with_punctuation_in_its_session_is_ingested(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for one in specs:
        expect_ingested(submissions, one)


def _old(name: str, **age: int) -> EventSpec:
    return valid_event("product_view", name, timestamp=f"{NOW - timedelta(**age):%Y-%m-%dT%H:%M:%SZ}")


@covers(clause.OLD_EVENTS_INGESTED)
@pytest.mark.parametrize(
    "spec", _named(_old("an hour old", hours=1), _old("a day old", days=1), _old("a week old", weeks=1))
)
def test_an_old_event_is_ingested(submissions: Submissions, spec: EventSpec) -> None:
    submission = submissions.event(spec)
    snapshot = submissions.snapshot_with_old(submission, timedelta(weeks=2))
    expect_stored(snapshot, submission.exchange, submission.event, f"the event ({spec})")


@covers(clause.TYPE_CASE_SKIPPED)
@pytest.mark.parametrize(
    "spec",
    _named(
        *(
            changed_event("product_view", f"type {name}", event_type=name)
            for name in ("Product_View", "PRODUCT_VIEW", "product_View")
        ),
        changed_event("search", "type Search", event_type="Search"),
    ),
)
def test_an_event_of_a_type_in_another_letter_case_is_skipped(
    submissions: Submissions, spec: EventSpec
) -> None:
    expect_skipped(submissions, spec)


def _in_every_field(*left_out: str, **values: object) -> list[object]:
    """Return events with each value, by the field that has it. Each is of another type, in turn."""
    fields = {name: types for name, types in CARRIED_BY.items() if name not in {*left_out, "contextual_data"}}
    return [
        pytest.param(_with_each(values, name, types[place % len(types)]), id=name)
        for place, (name, types) in enumerate(fields.items())
    ]


def _with_each(values: dict[str, object], name: str, event_type: str) -> tuple[EventSpec, ...]:
    return tuple(
        changed_event(event_type, f"{name} is {what}", **{name: value}) for what, value in values.items()
    )


@covers(clause.BOOLEANS_SKIPPED)
@pytest.mark.parametrize("specs", _in_every_field(true=True, false=False))
def test_an_event_with_a_boolean_is_skipped(submissions: Submissions, specs: tuple[EventSpec, ...]) -> None:
    for one in specs:
        expect_skipped(submissions, one)


@covers(clause.NUMBERS_FOR_STRINGS_SKIPPED)
@pytest.mark.parametrize("specs", _in_every_field("timestamp", *NUMBERS, number=7))
def test_an_event_with_a_number_for_a_string_is_skipped(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    # A number as a timestamp is a question of its own.
    for one in specs:
        expect_skipped(submissions, one)


@covers(clause.STORED_COPIES)
@pytest.mark.parametrize("spec", _named(valid_event("product_view", "valid")))
def test_the_copies_of_an_event_that_was_sent_once(submissions: Submissions, spec: EventSpec) -> None:
    submission = submissions.event(spec)
    sent = (submission.event, *submission.surrounding)
    snapshot = submissions.snapshot(submission, sent)
    again = sum(len(snapshot.of(one)) > 1 for one in sent)

    expect.observed(submission.exchange, f"of {len(sent)} events, {again} are stored more than once")
