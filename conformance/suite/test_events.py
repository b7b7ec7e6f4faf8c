"""Checks of chapter events: the effect of invalid events on their batch, and on the valid events around them."""

from functools import partial

import pytest

from conformance import expect
from conformance.client import Exchange, Reply, Target
from conformance.ingestion import ReadBack, expect_not_stored, expect_stored
from conformance.ingestion.skipping import compare_answers
from conformance.ingestion.submissions import Submission, Submissions, expect_neighbours, send_batch
from conformance.inputs.batches import BatchSpec
from conformance.inputs.events import EventSpec, changed_event, event_without, mistyped_events
from conformance.inputs.factory import EventFactory, body
from conformance.inputs.fields import CARRIED_BY, REQUIRED
from conformance.inputs.invalid_events import EVERY_KIND, NOT_OBJECTS
from conformance.inputs.strategies import batches
from conformance.inputs.unusual_events import HUGE_NUMBERS, LONE_SURROGATES, UNUSUAL_EVENTS
from conformance.plugin.markers import covers, generated, parameters
from conformance.requirements import events as clause
from conformance.runner.generated import Judgement

WORD = changed_event("product_view", "timestamp is a word", timestamp="no date")
NON_OBJECTS = [pytest.param(spec, id=spec.name) for spec in NOT_OBJECTS]
ONE_INVALID = [
    pytest.param(BatchSpec.with_one_invalid(size, place), id=f"{name}-of-{size}")
    for size, name, place in (
        *((100, "first", 0), (100, "middle", 0.5), (100, "last", 1)),
        *((99, "middle", 0.5), (2, "first", 0), (2, "last", 1)),
    )
]
ALL_INVALID = [pytest.param(BatchSpec.all_invalid(size), id=str(size)) for size in (1, 2, 100)]

FAULTS = {
    **{f"no-{field}": [event_without(field, kind) for kind in kinds] for field, kinds in REQUIRED.items()},
    **{
        f"mistyped-{field}": [one for kind in kinds for one in mistyped_events(field, kind)]
        for field, kinds in CARRIED_BY.items()
    },
    "unknown-type": [changed_event("conformance_made_up", "unknown type")],
    "no-date": [WORD],
    "position-0": [changed_event("product_click", "position is 0", position=0)],
}


@covers(clause.INVALID_EVENT_KEEPS_BATCH)
@pytest.mark.parametrize("specs", [tuple(specs) for specs in FAULTS.values()], ids=FAULTS.keys())
def test_a_batch_with_one_event_of_any_fault_is_accepted(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for one in specs:
        submission = submissions.event(one)
        because = f"only one event is invalid: {one}"
        expect.success(submission.exchange, because=because, example=submission.event.entry)


@covers(clause.INVALID_EVENT_KEEPS_BATCH)
@pytest.mark.parametrize("batch", ONE_INVALID)
def test_a_batch_with_an_invalid_event_at_any_place_is_accepted(
    submissions: Submissions, batch: BatchSpec
) -> None:
    submission = submissions.batch(batch)

    expect.success(submission.exchange, because="one event is invalid", example=submission.event.entry)


@covers(clause.ALL_INVALID_ACCEPTED)
@pytest.mark.parametrize("batch", ALL_INVALID)
def test_a_batch_of_invalid_events_is_accepted(submissions: Submissions, batch: BatchSpec) -> None:
    submission = submissions.batch(batch)

    expect.success(submission.exchange)


@covers(clause.ALL_INVALID_INGEST_NOTHING)
@pytest.mark.parametrize("batch", ALL_INVALID)
def test_a_batch_of_invalid_events_ingests_nothing(submissions: Submissions, batch: BatchSpec) -> None:
    submission = submissions.batch(batch)
    snapshot = submissions.snapshot(submission)

    for place, event in enumerate(submission.examined, 1):
        expect_not_stored(snapshot, submission.exchange, event, f"invalid event {place} of {batch.size}")


SKIPPED = {"every-kind": EVERY_KIND, "second-place": EVERY_KIND, "not-objects": NOT_OBJECTS}


@covers(clause.SKIPPING_IS_SILENT)
@pytest.mark.parametrize("kinds", parameters(list(SKIPPED), quick=1))
def test_the_answer_does_not_reveal_skipped_events(target: Target, factory: EventFactory, kinds: str) -> None:
    answers = compare_answers(target, factory, SKIPPED[kinds], turn=kinds == "second-place")
    if kinds == "not-objects" and answers.is_refused:
        # Refusing them is only inferred to be wrong, and another requirement judges it.
        expect.refusal(answers.others[-1], because="a refused batch has no skipped events")
        return

    without = "the same batch without its invalid events"
    expect.same_answer(answers.others, answers.usual, answers.also, without, answers.example)


@covers(clause.NEIGHBOURS_INGESTED)
@pytest.mark.parametrize("batch", ONE_INVALID)
def test_the_valid_events_around_an_invalid_one_are_ingested(
    submissions: Submissions, batch: BatchSpec
) -> None:
    submission = submissions.batch(batch)

    what = f"a valid event around invalid event {min(batch.invalid_entries()) + 1} of {batch.size}"
    expect_neighbours(submissions, submission, what)


@covers(clause.NEIGHBOURS_INGESTED)
@pytest.mark.parametrize("specs", [tuple(specs) for specs in FAULTS.values()], ids=FAULTS.keys())
def test_the_valid_events_around_every_fault_are_ingested(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for one in specs:
        submission = submissions.event(one)
        expect_neighbours(submissions, submission, f"a valid event around the invalid one ({one})")


UNUSUAL = [pytest.param(specs, id=name) for name, specs in UNUSUAL_EVENTS.items()]
MIXED = [pytest.param(tuple(one for specs in UNUSUAL_EVENTS.values() for one in specs), id="all-mixed")]
HUGE = [pytest.param(specs, id=name) for name, specs in HUGE_NUMBERS.items()]
SURROGATES = [pytest.param(specs, id=name) for name, specs in LONE_SURROGATES.items()]


def _expect_accepted(submissions: Submissions, specs: tuple[EventSpec, ...]) -> None:
    for one in specs:
        submission = submissions.event(one)
        because = f"the batch is legal, whatever an entry holds: {one}"
        expect.success(submission.exchange, because=because, example=submission.event.entry)


def _expect_neighbours(submissions: Submissions, specs: tuple[EventSpec, ...]) -> None:
    for one in specs:
        submission = submissions.apart(one)
        expect_neighbours(submissions, submission, f"a valid event around another one ({one})")


@covers(clause.ANY_CONTENT_KEEPS_BATCH)
@pytest.mark.parametrize("specs", UNUSUAL)
def test_a_batch_with_an_unusual_entry_is_accepted(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    _expect_accepted(submissions, specs)


@covers(clause.ANY_CONTENT_KEEPS_BATCH)
@pytest.mark.parametrize("specs", MIXED)
def test_a_batch_of_many_unusual_entries_is_accepted(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for submission in submissions.whole(specs):
        expect.success(submission.exchange, because="the batch is legal, whatever its entries hold")


@covers(clause.ANY_CONTENT_KEEPS_BATCH)
def test_a_batch_of_known_and_new_ids_is_accepted(submissions: Submissions) -> None:
    submission = submissions.after_known()

    expect.success(submission.exchange, because="a batch must not be refused because an event_id is known")


@covers(clause.NEIGHBOURS_OF_ANY_CONTENT)
@pytest.mark.parametrize("specs", UNUSUAL)
def test_the_valid_events_around_an_unusual_entry_are_ingested(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    _expect_neighbours(submissions, specs)


@covers(clause.NEIGHBOURS_OF_ANY_CONTENT)
@pytest.mark.parametrize("specs", MIXED)
def test_the_valid_events_around_many_unusual_entries_are_ingested(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for submission in submissions.whole(specs):
        expect_neighbours(submissions, submission, "a valid event among unusual entries")


@covers(clause.NEIGHBOURS_OF_ANY_CONTENT)
def test_new_events_among_known_ones_are_ingested(submissions: Submissions) -> None:
    submission = submissions.after_known()

    expect_neighbours(submissions, submission, "a new event among events with known ids")


@covers(clause.HUGE_NUMBER_KEEPS_BATCH)
@pytest.mark.parametrize("specs", HUGE)
def test_a_batch_with_a_number_beyond_a_double_is_accepted(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    _expect_accepted(submissions, specs)


@covers(clause.NEIGHBOURS_OF_ANY_CONTENT)
@pytest.mark.parametrize("specs", HUGE)
def test_the_valid_events_around_a_number_beyond_a_double_are_ingested_if_the_batch_is_accepted(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for one in specs:
        submission = submissions.apart(one)
        if submission.is_refused:
            # Another requirement judges that. A parser may limit numbers (RFC 8259, 6).
            expect.condition(
                submission.exchange,
                met=True,
                expected="a refused batch, or one whose valid events are ingested",
                got=expect.format_reply(expect.reply(submission.exchange)),
            )
        else:
            _expect_neighbours(submissions, (one,))


@covers(clause.LONE_SURROGATE_KEEPS_BATCH)
@pytest.mark.parametrize("specs", SURROGATES)
def test_a_batch_with_a_lone_surrogate_is_accepted(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    _expect_accepted(submissions, specs)


@covers(clause.NEIGHBOURS_OF_LONE_SURROGATE)
@pytest.mark.parametrize("specs", SURROGATES)
def test_the_valid_events_around_a_lone_surrogate_are_ingested(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    _expect_neighbours(submissions, specs)


@covers(clause.ANY_MIX)
@generated(mix=batches())
def test_of_any_mix_exactly_the_valid_events_are_ingested(
    target: Target, factory: EventFactory, read_back: ReadBack, mix: BatchSpec
) -> Judgement:
    return _send_mix(target, factory, read_back, mix)


@covers(clause.ANY_MIX_UNUSUAL)
@generated(mix=batches(unusual=True))
def test_of_any_mix_unusual_valid_events_are_ingested(
    target: Target, factory: EventFactory, read_back: ReadBack, mix: BatchSpec
) -> Judgement:
    return _send_mix(target, factory, read_back, mix)


def _send_mix(target: Target, factory: EventFactory, read_back: ReadBack, mix: BatchSpec) -> Judgement:
    """Send a batch and expect the usual answer; return the expectation that exactly its valid events are stored."""
    factory.count_generated(mix.size)
    usual = target.post_with_token(body(factory.reusable()), turn=mix.size)
    submission = send_batch(read_back, mix)
    _expect_the_usual_answer(submission.exchange, usual, mix)
    mixes: list[Exchange] = target.memo.get("mixes", list)
    mixes.append(submission.exchange)

    return partial(_expect_the_valid_alone, read_back, submission, mix.size, mixes)


def _expect_the_valid_alone(
    read_back: ReadBack, submission: Submission, size: int, mixes: list[Exchange]
) -> None:
    snapshot = read_back.snapshot_after(submission.exchange, submission.surrounding, together=list(mixes))
    for sent in submission.surrounding:
        expect_stored(snapshot, submission.exchange, sent, f"a valid event in the batch of {size}")
    for sent in submission.examined:
        expect_not_stored(snapshot, submission.exchange, sent, f"an invalid event in the batch of {size}")


def _expect_the_usual_answer(exchange: Exchange, usual: Exchange, mix: BatchSpec) -> None:
    """Expect the same answer as to a valid event. Another requirement judges whether the usual body is empty."""
    expect.success(exchange, because=f"at most {len(mix.defects)} of its {mix.size} events are invalid")
    alone, got = expect.assume(usual, 201), expect.reply(exchange)
    expect.condition(
        exchange,
        met=got.status == alone.status and (_is_empty_or_null(got) or not _is_empty_or_null(alone)),
        expected=f"the same answer as to one valid event: {expect.format_reply(alone)}",
        got=expect.format_reply(got),
    )


def _is_empty_or_null(reply: Reply) -> bool:
    return reply.body.strip() in {b"", b"null"}


@covers(clause.NON_OBJECTS_ACCEPTED)
@pytest.mark.parametrize("spec", NON_OBJECTS)
def test_a_batch_with_an_entry_that_is_not_an_object_is_accepted(
    submissions: Submissions, spec: EventSpec
) -> None:
    submission = submissions.event(spec)

    expect.success(submission.exchange, example=spec.replacement)


@covers(clause.NON_OBJECTS_ACCEPTED)
def test_a_batch_without_any_object_is_accepted(target: Target) -> None:
    exchange = target.post_with_token(body([spec.replacement for spec in NOT_OBJECTS]))

    expect.success(exchange)


@covers(clause.NON_OBJECTS_SKIPPED)
@pytest.mark.parametrize("spec", NON_OBJECTS)
def test_the_valid_events_around_an_entry_that_is_not_an_object_are_ingested(
    submissions: Submissions, spec: EventSpec
) -> None:
    submission = submissions.event(spec)

    expect_neighbours(submissions, submission, f"a valid event around an entry of type {spec.name}")


@covers(clause.DUPLICATE_EVENT_ID)
def test_an_event_that_is_sent_twice(target: Target, factory: EventFactory, read_back: ReadBack) -> None:
    session = factory.session()
    sent = factory.valid(session=session)
    exchange = target.resend(target.post_with_token(body([sent])).request)

    stored = read_back.wait_for([sent], session=session).of(sent)
    expect.observed(exchange, f"stored {len(stored)} times")
