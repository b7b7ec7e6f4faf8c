"""Which parts of an answer differ from usual answers."""

import pytest

from conformance.client import Header, Reply, differing_parts


def _replies(*told: tuple[int, bytes, tuple[Header, ...]]) -> list[Reply]:
    return [Reply(status, "", headers, body) for status, body, headers in told]


def _with(*values: str, name: str = "X-Note") -> list[Reply]:
    """Return a reply for each value of a header; none where it is empty."""
    return _replies(*((201, b"null", ((name, value),) if value else ()) for value in values))


def test_equal_answers_do_not_differ() -> None:
    assert differing_parts([_with("a"), _with("a")], _with("a", "a")) == {}


@pytest.mark.parametrize(
    ("other", "telling"),
    [
        (_replies((200, b"null", ())), {"status": "200"}),
        (_replies((201, b"{}", ())), {"body": "{}"}),
        (_with("b"), {"x-note": "b"}),
        (_with("b", "c"), {"x-note": "b or c"}),
    ],
    ids=["status", "body", "header", "header-of-several-values"],
)
def test_a_different_status_body_or_header_is_found(other: list[Reply], telling: dict[str, str]) -> None:
    assert telling == differing_parts([_with(""), _with("")], other)


def test_a_missing_header_that_every_usual_answer_has_is_found() -> None:
    assert differing_parts([_with("1", "2"), _with("3")], _with("")) == {"x-note": "absent"}


def test_a_header_that_differs_between_usual_answers_does_not_count() -> None:
    assert differing_parts([_with("1", "2"), _with("3", "4")], _with("5")) == {}


def test_a_value_that_a_valid_batch_of_the_same_size_gets_too_does_not_count() -> None:
    assert differing_parts([_with("small"), _with("large")], _with("large")) == {}


@pytest.mark.parametrize("name", ["Date", "Age", "X-Response-Time", "Server-Timing", "Content-Length"])
def test_headers_that_differ_between_any_two_responses_are_left_out(name: str) -> None:
    assert differing_parts([_with("1", name=name), _with("1", name=name)], _with("2", name=name)) == {}
