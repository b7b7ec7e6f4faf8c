"""Checks of chapter events: what invalid events do to their batch, and to their neighbours."""

import pytest
from hypothesis import example, given

from conformance import expect
from conformance.client import Exchange, Target
from conformance.events import CARRIED_BY, REQUIRED, Mint, Probe, missing, mistyped, probe
from conformance.ingestion import Ingestion, body, expect_ingested, expect_skipped
from conformance.panel import Panel
from conformance.plugin import covers, thinned
from conformance.requirements import events as clause
from conformance.strategies import NEAR_MISSES, Mix, mixes

WORD = probe("product_view", "timestamp is a word", timestamp="no date")
PLACES = {"first": 0, "last": 1, "middle": 0.5}
NON_OBJECTS: dict[str, object] = {"number": 7, "null": None, "string": "event", "array": [], "boolean": True}


FAULTS = {
    **{f"no-{field}": [missing(field, kind) for kind in kinds] for field, kinds in REQUIRED.items()},
    **{
        f"mistyped-{field}": [one for kind in kinds for one in mistyped(field, kind)]
        for field, kinds in CARRIED_BY.items()
    },
    "unknown-type": [probe("conformance_made_up", "unknown type")],
    "no-date": [WORD],
    "position-0": [probe("product_click", "position is 0", position=0)],
}


@covers(clause.INVALID_EVENT_KEEPS_BATCH)
@pytest.mark.parametrize("probes", [tuple(probes) for probes in FAULTS.values()], ids=FAULTS.keys())
def test_a_batch_is_kept_whatever_is_wrong_with_an_event(panel: Panel, probes: tuple[Probe, ...]) -> None:
    for one in probes:
        fate = panel.carried(one)
        expect.success(fate.exchange, because=f"the {one} is one event's fault", example=fate.sent.entry)


@covers(clause.INVALID_EVENT_KEEPS_BATCH)
@pytest.mark.parametrize("place", thinned(PLACES, quick=2))
@pytest.mark.parametrize("size", thinned([100, 1, 2, 50, 99], quick=1))
def test_a_batch_is_kept_wherever_the_invalid_event_stands(
    target: Target, mint: Mint, size: int, place: float
) -> None:
    entries = mint.stock(size)
    invalid = entries[round(place * (size - 1))] = mint.of(NEAR_MISSES[size % len(NEAR_MISSES)])
    exchange = target.accepted(body(entries))

    expect.success(exchange, because="one event is invalid", example=invalid.entry)


@covers(clause.ALL_INVALID_ACCEPTED)
@pytest.mark.parametrize("size", thinned([100, 1, 2, 50, 99], quick=1))
def test_a_batch_of_invalid_events_is_accepted(target: Target, mint: Mint, size: int) -> None:
    exchange = target.accepted(
        body([mint.of(NEAR_MISSES[place % len(NEAR_MISSES)]) for place in range(size)])
    )

    expect.success(exchange)


@covers(clause.ALL_INVALID_INGEST_NOTHING)
@pytest.mark.parametrize("size", thinned([100, 1, 2, 50], quick=1))
def test_a_batch_of_invalid_events_ingests_nothing(
    target: Target, mint: Mint, ingestion: Ingestion, size: int
) -> None:
    session = mint.session()
    sent = [mint.of(NEAR_MISSES[place % len(NEAR_MISSES)], session) for place in range(size)]
    exchange = target.accepted(body(sent))
    view = ingestion.view(session=session)

    for place, event in enumerate(sent, 1):
        expect_skipped(view, exchange, event, f"invalid event {place} of {size}")


VOLATILE = ("date", "age", "time", "duration", "timing", "elapsed", "latency", "bytes", "length")
"""Parts of the names of headers that differ between any two responses, or to any two requests."""
ORDER = "acbcbacbcbaa"
"""Three kinds of batches, each at every place of a cycle of two, three or four: back ends take turns, too."""


@covers(clause.SKIPPING_IS_SILENT)
@pytest.mark.parametrize("invalid", thinned([3, 1, 40], quick=1))
def test_the_answer_does_not_tell_of_skipped_events(target: Target, mint: Mint, invalid: int) -> None:
    clean, whole, mixed = [], [], []
    for kind in ORDER:
        valid = mint.batch(3, mint.session())
        if kind == "a":
            clean.append(target.accepted(body(valid)))
            expect.assume(clean[-1], 201)
        elif kind == "b":
            whole.append(target.accepted(body([*valid, *mint.batch(invalid, mint.session())])))
            expect.assume(whole[-1], 201)
        else:
            entries = [*valid[:1], *(mint.of(WORD) for _ in range(invalid)), *valid[1:]]
            mixed.append(target.accepted(body(entries)))
            expect.assume(mixed[-1], 201)

    usual, got = [_parts(group) for group in (clean, whole)], _parts(mixed)
    names = sorted({name for parts in (*usual, got) for name in parts})
    told = [
        name for name in names if _tells([parts.get(name, ABSENT) for parts in usual], got.get(name, ABSENT))
    ]
    differences = ", ".join(f"{name}: {' or '.join(sorted(got.get(name, ABSENT)))}" for name in told)
    expect.that(
        mixed[-1],
        met=not told,
        expected=f"the answer to the same batch without its {invalid} invalid events",
        got=f"another one, in {differences}" if told else "the same",
    )


NONE = "absent"
ABSENT = frozenset({NONE})


def _parts(exchanges: list[Exchange]) -> dict[str, frozenset[str]]:
    """Return the values that status, body and headers have in some replies.

    Without the headers that differ between any two responses.
    """
    found: list[dict[str, str]] = []
    for exchange in exchanges:
        reply = expect.reply(exchange)
        lines = {name.lower(): ", ".join(reply.lines(name)) for name, _ in reply.headers}
        kept = {name: text for name, text in lines.items() if not any(part in name for part in VOLATILE)}
        found.append({"status": str(reply.status), "body": reply.body.decode("utf-8", "replace"), **kept})
    names = {name for one in found for name in one}
    return {name: frozenset(one.get(name, NONE) for one in found) for name in names}


def _tells(usual: list[frozenset[str]], got: frozenset[str]) -> bool:
    """Whether a part tells of skipping: steady without, and never so with it; or there without, and gone with it.

    What is also the answer to as many valid events tells of the size alone.
    """
    steady = all(len(values) == 1 for values in usual)
    if got.isdisjoint(frozenset().union(*usual)):
        return steady or got == ABSENT
    return False


@covers(clause.NEIGHBOURS_INGESTED)
@pytest.mark.parametrize("place", thinned(PLACES, quick=2))
@pytest.mark.parametrize("size", thinned([100, 2, 50], quick=1))
def test_the_neighbours_of_an_invalid_event_are_ingested(
    target: Target, mint: Mint, ingestion: Ingestion, size: int, place: float
) -> None:
    session = mint.session()
    entries = mint.batch(size, session)
    wrong = round(place * (size - 1))
    entries[wrong] = mint.of(NEAR_MISSES[(size + wrong) % len(NEAR_MISSES)], session)
    exchange = target.accepted(body(entries))
    neighbours = [sent for at, sent in enumerate(entries) if at != wrong]
    view = ingestion.shown(neighbours, session=session)

    for sent in neighbours:
        expect_ingested(view, exchange, sent, f"a valid neighbour of invalid event {wrong + 1} of {size}")


@covers(clause.NEIGHBOURS_INGESTED)
@pytest.mark.parametrize("probes", [tuple(probes) for probes in FAULTS.values()], ids=FAULTS.keys())
def test_the_neighbours_of_every_fault_are_ingested(panel: Panel, probes: tuple[Probe, ...]) -> None:
    for one in probes:
        fate, view = panel.neighbour(one)
        for sent in fate.neighbours:
            expect_ingested(view, fate.exchange, sent, f"a valid neighbour of the {one}")


@covers(clause.ANY_MIX)
@given(mix=mixes())
@example(mix=Mix(size=5, start=0, defects=((1, 0), (2, 7))))
def test_of_any_mix_exactly_the_valid_events_are_ingested(
    target: Target, mint: Mint, ingestion: Ingestion, mix: Mix
) -> None:
    session = mint.session()
    entries, valid, invalid = mix.expand(mint, session)
    exchange = target.accepted(body(entries))
    view = ingestion.view(valid, session=session)

    for sent in valid:
        expect_ingested(view, exchange, sent, f"a valid event of {mix.size}")
    for sent in invalid:
        expect_skipped(view, exchange, sent, f"an invalid event of {mix.size}")


@covers(clause.NON_OBJECTS_ACCEPTED)
@pytest.mark.parametrize("entry", thinned(NON_OBJECTS, quick=2))
@pytest.mark.parametrize("alone", thinned({"among-valid": False, "alone": True}, quick=1))
def test_a_batch_with_an_entry_that_is_no_object_is_accepted(
    target: Target,
    mint: Mint,
    entry: object,
    alone: bool,
) -> None:
    exchange = target.accepted(body([entry] if alone else [mint.valid(), entry, mint.valid()]))

    expect.success(exchange, example=entry)


@covers(clause.NON_OBJECTS_SKIPPED)
@pytest.mark.parametrize("entry", thinned(NON_OBJECTS, quick=2))
def test_the_neighbours_of_an_entry_that_is_no_object_are_ingested(
    target: Target, mint: Mint, ingestion: Ingestion, entry: object
) -> None:
    session = mint.session()
    neighbours = mint.batch(2, session)
    exchange = target.accepted(body([neighbours[0], entry, neighbours[1]]))
    view = ingestion.shown(neighbours, session=session)

    for sent in neighbours:
        expect_ingested(view, exchange, sent, "a valid neighbour of an entry that is no object")


@covers(clause.DUPLICATE_EVENT_ID)
def test_an_event_that_is_sent_twice(target: Target, mint: Mint, ingestion: Ingestion) -> None:
    session = mint.session()
    sent = mint.valid(session=session)
    exchange = target.afresh(target.accepted(body([sent])).request)

    stored = ingestion.shown([sent], session=session).of(sent)
    expect.observed(exchange, f"stored {len(stored)} times")
