import json
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import product

import pytest
from hypothesis import Phase, given, seed, settings

from conformance.inputs.events import EventSpec
from conformance.inputs.factory import EventFactory
from conformance.inputs.fields import OPTIONAL, REQUIRED, TYPES
from conformance.inputs.strategies import NEAR_MISSES, Mix, mixes, near_misses, sizes, unknown_tokens
from conformance.inputs.tokens import ALTERATIONS
from conformance.inputs.valid_events import UNUSUAL, USUAL, Variety, paired
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


def _drawn(number: int) -> list[Mix]:
    found: list[Mix] = []

    @seed(number)
    @settings(GENERATED, derandomize=False)
    @given(mixes())
    def draw(mix: Mix) -> None:
        found.append(mix)

    draw()
    return found


def test_sizes_reach_both_ends_and_leave_the_range_nowhere() -> None:
    found: set[int] = set()

    @GENERATED
    @given(sizes())
    def draw(size: int) -> None:
        found.add(size)

    draw()
    assert {1, 50, 99, 100} <= found <= set(range(1, 101))


@GENERATED
@given(mix=mixes())
def test_every_mix_expands_to_its_size_and_knows_what_is_wrong_with_it(rules: Rules, mix: Mix) -> None:
    entries, valid, invalid = mix.expand(EventFactory("run"), "session")

    places = mix.wrong().keys()
    assert mix.size == len(entries)
    assert len(places) == len(invalid)
    assert [sent.mark for sent in entries if sent not in invalid] == [sent.mark for sent in valid]
    assert places == {place for place, sent in enumerate(entries) if sent in invalid}
    assert [rules.valid(sent.entry) for sent in entries] == [sent in valid for sent in entries]
    assert {sent.entry["session_id"] for sent in entries} == {"session"}
    assert mix.size == len({sent.event_id for sent in entries})


def test_the_same_seed_draws_the_same_mixes_and_another_others() -> None:
    first = _drawn(7)

    assert first == _drawn(7)
    assert first != _drawn(8)


def test_mixes_reach_most_near_misses_every_type_and_every_number_of_defects() -> None:
    drawn = [mix for number in range(3) for mix in _drawn(number)]

    assert len({index for mix in drawn for _, index in mix.defects}) > 0.8 * len(NEAR_MISSES)
    pairs = [paired(mix.start + place, unusual=False) for mix in drawn for place in range(mix.size)]
    assert {(kind, one.name) for kind, one in pairs} == set(product(TYPES, [one.name for one in USUAL]))
    assert {len(mix.defects) for mix in drawn} == {0, 1, 2, 3}


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
def test_valid_events_of_every_type_are_accepted_whatever_their_number(rules: Rules, kind: str) -> None:
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
def test_a_required_field_less_makes_a_valid_event_invalid(rules: Rules, kind: str) -> None:
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


def test_timestamps_are_of_the_form_that_no_parser_disputes() -> None:
    text = EventFactory("run").valid().entry["timestamp"]

    assert text.endswith("Z")
    assert datetime.fromisoformat(text).utcoffset() is not None


@GENERATED
@given(token=unknown_tokens())
def test_unknown_tokens_travel_in_a_header_and_are_no_store_s(token: str) -> None:
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
    assert len(json.dumps(repr(_drawn(0)[0]))) < 200


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("variety", [*USUAL, *UNUSUAL], ids=lambda one: one.name)
def test_every_variety_of_every_type_is_valid_and_can_be_found_again(
    rules: Rules, kind: str, variety: Variety
) -> None:
    sent = variety.of(kind, EventFactory("run"), "session")

    assert rules.valid(sent.entry)
    assert sent.event_id == sent.entry["event_id"]
    assert sent.entry.get("contextual_data", {"conformance": sent.mark})["conformance"] == sent.mark
    assert json.loads(json.dumps(sent.entry)) == sent.entry


def test_ulids_are_new_each_time_and_sort_by_their_moment() -> None:
    variety = next(one for one in USUAL if one.has_ulid)
    factory = EventFactory("run")
    sent = [variety.of("search", factory, "session") for _ in range(50)]

    assert len({one.event_id for one in sent}) == 50
    assert all(re.fullmatch("[0-7][0-9A-HJKMNP-TV-Z]{25}", one.event_id) for one in sent)
    heads = [one.event_id[:10] for one in sent]
    assert heads == sorted(heads)


@pytest.mark.parametrize(("size", "defects"), [(0, ()), (101, ()), (3, ((0, 10**6),))])
def test_what_is_no_batch_is_no_mix(size: int, defects: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="is no batch"):
        Mix(size, 0, defects)
