import json
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import product

import pytest
from hypothesis import Phase, given, seed, settings

from conformance.inputs.batches import NEAR_MISSES, BatchSpec, near_misses
from conformance.inputs.events import EventSpec
from conformance.inputs.factory import EventFactory
from conformance.inputs.fields import OPTIONAL, REQUIRED, TYPES
from conformance.inputs.strategies import batches, sizes, unknown_tokens
from conformance.inputs.tokens import ALTERATIONS
from conformance.inputs.valid_events import UNUSUAL, USUAL, ValidEvent, nth_valid_event
from conformance.reference import Rules
from conformance.reference.database import Database

GENERATED = settings(
    max_examples=200, deadline=None, database=None, derandomize=True, phases=[Phase.generate, Phase.shrink]
)


@pytest.fixture(scope="module")
def rules() -> Iterator[Rules]:
    database = Database()
    yield Rules(database)
    database.close()


def _generated(number: int) -> list[BatchSpec]:
    found: list[BatchSpec] = []

    @seed(number)
    @settings(GENERATED, derandomize=False)
    @given(batches())
    def draw(mix: BatchSpec) -> None:
        found.append(mix)

    draw()
    return found


def test_sizes_are_within_the_limits_and_include_both() -> None:
    found: set[int] = set()

    @GENERATED
    @given(sizes())
    def draw(size: int) -> None:
        found.add(size)

    draw()
    assert {1, 50, 99, 100} <= found <= set(range(1, 101))


@GENERATED
@given(mix=batches())
def test_every_mix_has_its_size_and_its_invalid_entries(rules: Rules, mix: BatchSpec) -> None:
    entries, valid, invalid = mix.make(EventFactory("run"), "session")

    places = mix.invalid_entries().keys()
    assert mix.size == len(entries)
    assert len(places) == len(invalid)
    assert [sent.mark for sent in entries if sent not in invalid] == [sent.mark for sent in valid]
    assert places == {place for place, sent in enumerate(entries) if sent in invalid}
    assert [rules.valid(sent.entry) for sent in entries] == [sent in valid for sent in entries]
    assert {sent.entry["session_id"] for sent in entries} == {"session"}
    assert mix.size == len({sent.event_id for sent in entries})


def test_the_same_seed_gives_the_same_mixes_and_another_seed_gives_others() -> None:
    first = _generated(7)

    assert first == _generated(7)
    assert first != _generated(8)


def test_mixes_reach_most_near_misses_every_type_and_every_number_of_defects() -> None:
    generated = [mix for number in range(3) for mix in _generated(number)]

    assert len({index for mix in generated for _, index in mix.defects}) > 0.8 * len(NEAR_MISSES)
    pairs = [
        nth_valid_event((mix.start or 0) + place, unusual=False)
        for mix in generated
        for place in range(mix.size)
    ]
    assert {(kind, one.name) for kind, one in pairs} == set(product(TYPES, [one.name for one in USUAL]))
    assert {len(mix.defects) for mix in generated} == {0, 1, 2, 3}


@pytest.mark.parametrize("spec", NEAR_MISSES, ids=str)
def test_every_near_miss_is_invalid_and_can_be_found_again(rules: Rules, spec: EventSpec) -> None:
    sent = EventFactory("run").make(spec)

    assert not rules.valid(sent.entry)
    assert sent.event_id == sent.entry["event_id"]
    assert sent.entry["contextual_data"] == {"conformance": sent.mark}
    assert sent.entry["session_id"].startswith("conformance-run-")


@pytest.mark.parametrize("kind", TYPES)
def test_there_is_a_near_miss_of_every_type_and_each_once(kind: str) -> None:
    names = [spec.name for spec in near_misses(kind)]

    assert "timestamp is a word" in names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", TYPES)
def test_any_number_of_valid_events_of_every_type_is_accepted(rules: Rules, kind: str) -> None:
    factory = EventFactory("run")

    for _ in range(100):
        assert rules.valid(factory.valid(kind).entry)
        assert rules.valid(factory.full(kind).entry)


@pytest.mark.parametrize("kind", TYPES)
def test_a_valid_event_has_its_required_fields_and_a_full_one_every_optional_one(kind: str) -> None:
    factory = EventFactory("run")
    required = {name for name, kinds in REQUIRED.items() if kind in kinds}
    carried = {"search": {"query"}, "block_view": {"attribution_token"}}.get(kind, set())
    optional = {name for name, (_, kinds) in OPTIONAL.items() if kind in kinds}

    assert {*required, *carried, "contextual_data"} == factory.valid(kind).entry.keys()
    assert {*required, *carried, *optional, "contextual_data"} == factory.full(kind).entry.keys()


@pytest.mark.parametrize("kind", TYPES)
def test_a_valid_event_without_a_required_field_is_invalid(rules: Rules, kind: str) -> None:
    entry = EventFactory("run").valid(kind).entry

    for field in (name for name, kinds in REQUIRED.items() if kind in kinds):
        assert not rules.valid({name: value for name, value in entry.items() if name != field})


def test_events_carry_the_run_s_mark_in_session_and_data() -> None:
    sent = EventFactory("1a2b").reusable(3)

    assert [event.entry["session_id"] for event in sent] == [f"conformance-1a2b-{n}" for n in (1, 2, 3)]
    assert [event.entry["contextual_data"] for event in sent] == [
        {"conformance": f"conformance-1a2b-e{n}"} for n in (1, 2, 3)
    ]
    assert [event.mark for event in sent] == [f"conformance-1a2b-e{n}" for n in (1, 2, 3)]


def test_ids_are_new_each_time_and_in_each_run() -> None:
    sent = [one for run in ("a", "b", "a-gw1") for one in EventFactory(run).batch(300, "session")]

    assert len({one.event_id for one in sent}) == 900
    assert len({one.mark for one in sent}) == 900
    assert all(str(uuid.UUID(one.event_id)) == one.event_id for one in sent)
    assert {uuid.UUID(one.event_id).version for one in sent} == {4}


def test_timestamps_have_the_format_that_every_parser_reads() -> None:
    text = EventFactory("run").valid().entry["timestamp"]

    assert text.endswith("Z")
    assert datetime.fromisoformat(text).utcoffset() is not None


@GENERATED
@given(token=unknown_tokens())
def test_unknown_tokens_can_be_sent_in_a_header_and_belong_to_no_store(token: str) -> None:
    assert token.startswith("conformance-")
    assert token.isascii()
    assert token.isprintable()
    assert " " not in token


@pytest.mark.parametrize("alteration", ALTERATIONS, ids=lambda one: one.name)
def test_an_altered_token_is_another_text(alteration: object, rules: Rules) -> None:
    altered = alteration.alter("Ab1/cd2=")  # type: ignore[attr-defined]

    assert altered != "Ab1/cd2="
    assert rules.database.store(altered) is None


def test_a_mix_is_printed_short_enough_to_read() -> None:
    assert len(json.dumps(repr(_generated(0)[0]))) < 200


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("described", [*USUAL, *UNUSUAL], ids=lambda one: one.name)
def test_every_valid_event_of_every_type_is_valid_and_can_be_found_again(
    rules: Rules, kind: str, described: ValidEvent
) -> None:
    sent = described.make(kind, EventFactory("run"), "session")

    assert rules.valid(sent.entry)
    assert sent.event_id == sent.entry["event_id"]
    assert sent.entry.get("contextual_data", {"conformance": sent.mark})["conformance"] == sent.mark
    assert json.loads(json.dumps(sent.entry)) == sent.entry


def test_ulids_are_new_each_time_and_sort_by_their_moment() -> None:
    described = next(one for one in USUAL if one.has_ulid)
    factory = EventFactory("run")
    sent = [described.make("search", factory, "session") for _ in range(50)]

    assert len({one.event_id for one in sent}) == 50
    assert all(re.fullmatch("[0-7][0-9A-HJKMNP-TV-Z]{25}", one.event_id) for one in sent)
    heads = [one.event_id[:10] for one in sent]
    assert heads == sorted(heads)


@pytest.mark.parametrize(("size", "defects"), [(0, ()), (101, ()), (3, ((0, 10**6),))])
def test_an_impossible_batch_is_an_error(size: int, defects: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="does not describe a batch"):
        BatchSpec(size, 0, defects)


@pytest.mark.parametrize(
    ("batch", "places"),
    [
        (BatchSpec.with_one_invalid(100, 0), [0]),
        (BatchSpec.with_one_invalid(99, 0.5), [49]),
        (BatchSpec.with_one_invalid(2, 1), [1]),
        (BatchSpec.all_invalid(3), [0, 1, 2]),
        (BatchSpec.with_invalid_at(100, (30, 31, 60)), [30, 31, 60]),
    ],
    ids=str,
)
def test_invalid_entries_are_at_the_given_places_among_valid_ones_with_only_required_fields(
    batch: BatchSpec, places: list[int]
) -> None:
    entries, valid, invalid = batch.make(EventFactory("run"), "session")

    assert places == list(batch.invalid_entries())
    assert [entries[place].mark for place in places] == [sent.mark for sent in invalid]
    fields = [EventFactory("run").valid(sent.entry["event_type"]).entry.keys() for sent in valid]
    assert [sent.entry.keys() for sent in valid] == fields
