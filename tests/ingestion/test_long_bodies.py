"""Long answers of a read-back, in which most events are of others."""

import json
from typing import Any

import pytest

from conformance.ingestion.observers import ReadBackError
from conformance.ingestion.observers.bodies import AT_ONCE, Keeper, parse
from conformance.ingestion.observers.long_json import Beginning, LongJson

MARK = "conformance-run-"
OTHERS = [
    {"event_id": f"other-{number}", "session_id": "shopper", "filler": "x" * 50} for number in range(1000)
]


def _own(number: int) -> dict[str, Any]:
    return {"event_id": f"own-{number}", "session_id": f"{MARK}1", "text": "Grüße"}


def _read(
    beginning: Beginning, events: list[Any], *, ids: frozenset[str] = frozenset()
) -> tuple[list[Any], Keeper]:
    keeper = Keeper(MARK, ids, beginning)
    content = json.dumps(events, ensure_ascii=False).encode()
    assert len(content) > AT_ONCE
    return parse(content, keeper=keeper).events, keeper


def test_of_a_long_answer_only_the_run_s_own_events_are_kept() -> None:
    events, keeper = _read(Beginning(), [*OTHERS, _own(1)])

    assert [_own(1)] == events
    assert (len(OTHERS) + 1, len(OTHERS)) == (keeper.events, keeper.others)


def test_an_own_event_is_known_by_its_id_alone() -> None:
    bare = {"event_id": "OWN-1"}
    events, _ = _read(Beginning(), [*OTHERS, bare], ids=frozenset({"own-1"}))

    assert [bare] == events


def test_an_answer_of_others_alone_is_a_reading_without_events() -> None:
    events, keeper = _read(Beginning(), OTHERS)

    assert events == []
    assert len(OTHERS) == keeper.others


@pytest.mark.parametrize("wrapped", [False, True])
def test_of_an_answer_that_begins_as_the_one_before_only_the_rest_is_read(
    wrapped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    one = LongJson._entry  # noqa: SLF001 - counts what is parsed

    def counted(self: LongJson) -> tuple[str, Any]:
        read.append(1)
        return one(self)

    monkeypatch.setattr(LongJson, "_entry", counted)
    beginning = Beginning()
    shown: list[list[Any]] = []
    for count in (1, 1, 3):
        events = [*OTHERS, *map(_own, range(count))]
        read.clear()
        keeper = Keeper(MARK, (), beginning)
        content = json.dumps({"events": events} if wrapped else events, ensure_ascii=False)
        shown.append(parse(content.encode(), keeper=keeper).events)
        assert (len(events), len(OTHERS)) == (keeper.events, keeper.others)

    assert [[_own(0)], [_own(0)], [_own(0), _own(1), _own(2)]] == shown
    assert len(read) <= 3


def test_an_answer_that_begins_in_another_way_is_read_as_a_whole() -> None:
    beginning = Beginning()
    _read(beginning, [*OTHERS, _own(1)])
    changed = [{**OTHERS[0], "filler": "y" * 50}, *OTHERS[1:], _own(2)]

    assert [_own(2)] == _read(beginning, changed)[0]
    assert [_own(3)] == _read(beginning, [_own(3), *OTHERS])[0]


@pytest.mark.parametrize("end", ["", "]]", ",]", " x]", "{}]"])
def test_a_broken_answer_is_refused_even_if_its_beginning_is_known(end: str) -> None:
    beginning = Beginning()
    _read(beginning, [*OTHERS, _own(1)])
    content = json.dumps([*OTHERS, _own(1)], ensure_ascii=False).removesuffix("]") + end

    with pytest.raises(ReadBackError):
        parse(content.encode(), keeper=Keeper(MARK, (), beginning))


def test_a_number_that_goes_on_in_the_next_answer_is_read_as_a_whole() -> None:
    beginning = Beginning()
    shown = [_read(beginning, [*OTHERS, _own(1), number])[0] for number in (12, 123)]

    assert [[_own(1)], [_own(1)]] == shown


def test_an_answer_after_an_empty_one_is_read() -> None:
    beginning = Beginning()
    assert parse(b"[" + b" " * AT_ONCE + b"]", keeper=Keeper(MARK, (), beginning)).events == []

    assert [_own(1)] == _read(beginning, [*OTHERS, _own(1)])[0]


def test_equal_events_of_one_reading_and_of_the_next_are_kept_once() -> None:
    beginning = Beginning()
    first, keeper = _read(beginning, [*OTHERS, _own(1), _own(2), _own(1)])
    keeper.reading(first)
    second, _ = _read(beginning, [_own(1), *OTHERS])
    _, alone = _read(Beginning(), [*OTHERS, _own(1), _own(2)])

    assert first == [_own(1), _own(2), _own(1)]
    assert first[0] is first[2]
    assert first[0] is second[0]
    assert keeper.cost == alone.cost
