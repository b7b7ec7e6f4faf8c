"""Which parts of an answer differ from usual answers, and which differ between any two answers."""

from collections.abc import Iterable

import pytest

from conformance.client import Header, Reply, differing_parts
from conformance.ingestion.skipping import FEW, MANY


def _reply(status: int = 201, body: bytes = b"null", *headers: Header, reason: str = "Created") -> Reply:
    return Reply(status, reason, headers, body)


def _with(*values: str, name: str = "X-Note") -> list[Reply]:
    """Return a reply for each value of a header; none where it is empty."""
    return [_reply(201, b"null", *(((name, value),) if value else ())) for value in values]


STEADY = _with("a", "a", "a")


def test_equal_answers_do_not_differ() -> None:
    assert differing_parts(STEADY, _with("a", "a")) == {}


@pytest.mark.parametrize(
    ("other", "differing"),
    [
        (_reply(200, b"null", ("X-Note", "a")), {"status": "200 Created"}),
        (
            _reply(201, b"null", ("X-Note", "a"), reason="Partially Created"),
            {"status": "201 Partially Created"},
        ),
        (_reply(201, b"{}", ("X-Note", "a")), {"body": "{}"}),
        (_reply(201, b"null\n", ("X-Note", "a")), {"body": "null\n"}),
        (_reply(201, b"", ("X-Note", "a")), {"body": "absent"}),
        (_reply(201, b"null", ("X-Note", "b")), {"x-note": "b"}),
        (_reply(201, b"null"), {"x-note": "absent"}),
        (_reply(201, b"null", ("x-note", "a"), ("X-Note", "a")), {"x-note": "a, a"}),
        (_reply(201, b"null", ("X-Note", "a"), ("X-Other", "")), {"x-other": "empty"}),
    ],
    ids=[
        *("status", "reason", "body", "newline", "empty-body"),
        *("header", "no-header", "two-lines", "empty-line"),
    ],
)
def test_a_different_part_is_found(other: Reply, differing: dict[str, str]) -> None:
    assert differing_parts(STEADY, [other]) == differing


TIMINGS = ("app;dur=12.3", "app;dur=8", "app;dur=1e-3")


@pytest.mark.parametrize(
    ("usual", "other", "differs"),
    [
        (TIMINGS, "app;dur=0.25", False),
        (TIMINGS, 'app;dur=0.25;desc="1 skipped"', True),
        (("a;dur=1, skipped;desc=0", "a;dur=2, skipped;desc=0", "a;dur=3, skipped;desc=0"), "", True),
        (
            ("a;dur=1, skipped;desc=0", "a;dur=2, skipped;desc=0", "a;dur=3, skipped;desc=0"),
            "a;dur=4, skipped;desc=1",
            True,
        ),
        (("99", "98", "97"), "96", False),
        (("100", "99", "98"), "97", False),
        (("timeout=5, max=99", "timeout=5, max=98", "timeout=5, max=97"), "timeout=5, max=96", False),
        (("limit=9, remaining=8", "limit=9, remaining=7", "limit=9, remaining=6"), "skipped", True),
        (("8f2a3b4c5d6e7f80-AMS", "90aa3b4c5d6e7f81-AMS", "8f2ac1bb5d6e7f82-FRA"), "aebf3b4c5d6e7f80-FRA", False),
        (("Ab3_x9==", "zz1-_AAA", "0aBcDeFg"), "Qq7+/a==", False),
        (("Root=1-67891233-abc", "Root=1-67891234-def", "Root=1-67891235-012"), "Root=1-67891236-cba", False),
        (("Sat, 07 Nov 2026 23:59:59 GMT", "Sat, 07 Nov 2026 23:59:59 GMT"), "Sun, 08 Nov 2026", True),
        (("Sat, 07 Nov 2026 23:59:59 GMT", "Sun, 08 Nov 2026 00:00:00 GMT"), "Mon, 09 Nov 2026 0:0:1 GMT", False),
        (("a", "b", "a", "b"), "c", True),
        (("a", "b", "a", "b"), "b", False),
        (("a", "b", "c"), "d", False),
        (("a", "", "b"), "c", False),
        (("a", "b", "c"), "", True),
        (("", "", "x"), "y", False),
    ],
)  # fmt: skip
def test_values_that_vary_are_compared_by_what_they_have_in_common(
    usual: Iterable[str], other: str, *, differs: bool
) -> None:
    assert bool(differing_parts(_with(*usual), _with(other))) is differs


@pytest.mark.parametrize("name", ["Date", "Age", "X-Response-Time", "Server-Timing", "Content-Length"])
def test_no_header_is_left_out_by_its_name(name: str) -> None:
    assert differing_parts(_with("1", "1", name=name), _with("2", name=name)) == {name.lower(): "2"}


def test_every_answer_has_to_differ() -> None:
    assert differing_parts(STEADY, _with("b", "c")) == {"x-note": "b or c"}
    assert differing_parts(STEADY, _with("b", "a")) == {}


def test_a_value_that_another_valid_batch_gets_does_not_count() -> None:
    assert differing_parts(_with("large", "large"), _with("small"), also=_with("small")) == {}


@pytest.mark.parametrize("step", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("start", range(7))
def test_a_value_that_changes_with_time_does_not_count(step: int, start: int) -> None:
    values = [str((start + place) // step) for place in range(len(MANY))]
    by_kind = {
        kind: _with(*(value for value, one in zip(values, MANY, strict=True) if one == kind))
        for kind in "abc"
    }

    assert differing_parts(by_kind["b"], by_kind["c"], by_kind["a"]) == {}


@pytest.mark.parametrize("back_ends", range(2, 9))
@pytest.mark.parametrize("order", [FEW, MANY])
def test_back_ends_that_answer_in_turn_do_not_count(back_ends: int, order: str) -> None:
    values = ["abcdefgh"[place % back_ends] for place in range(len(order))]
    by_kind = {
        kind: _with(*(value for value, one in zip(values, order, strict=True) if one == kind))
        for kind in "abc"
    }

    assert differing_parts(by_kind["b"], by_kind["c"], by_kind["a"]) == {}
