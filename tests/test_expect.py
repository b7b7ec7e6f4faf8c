from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import expect
from conformance.client import CUT, Exchange, NoReply, Reply, Request
from conformance.expect import NOT_JSON, Evidence, Expectation, NotJudged, Violation, collecting_evidence

JSON = ("Content-Type", "application/json; charset=utf-8")
LINES = (JSON, ("Vary", "Accept, origin"), ("vary", "*"), ("X-Once", "a"), ("X-Twice", "a"), ("X-Twice", "b"))


def _exchange(
    status: int = 201, body: bytes = b"null", headers: tuple[tuple[str, str], ...] = LINES
) -> Exchange:
    return Exchange(Request("POST", "https://staging.example"), Reply(status, "", headers, body), 0.0, 0.0)


def _silent(kind: str = "timeout") -> Exchange:
    return Exchange(Request("POST", "https://staging.example"), NoReply(kind, "ReadTimeout"), 0.0, 0.0)


Expect = Callable[[Exchange], Any]
MET: dict[str, tuple[Expect, Exchange, str, str]] = {
    "status": (
        lambda one: expect.status(one, 401),
        _exchange(401, b'{"error": "Unauthenticated"}'),
        "status 401",
        'status 401, body {"error": "Unauthenticated"}',
    ),
    "success": (expect.success, _exchange(204, b""), "a success (201)", "status 204, empty body"),
    "refusal": (expect.refusal, _exchange(499), "a refusal (status 400-499)", "status 499, body null"),
    "no-server-error": (
        expect.no_server_error,
        _exchange(499),
        "no server error (a status below 500)",
        "status 499, body null",
    ),
    "body": (
        lambda one: expect.body(one, met=one.reply is not None, expected="body null or empty"),
        _exchange(),
        "body null or empty",
        "status 201, body null",
    ),
    "content-type": (
        lambda one: expect.content_type(one, "application/json"),
        _exchange(headers=(("content-type", "Application/JSON ;charset=x"),)),
        "Content-Type: application/json",
        "Content-Type: Application/JSON ;charset=x",
    ),
    "line": (
        lambda one: expect.line(one, "x-once", "a"),
        _exchange(),
        "one header line x-once: a",
        "x-once: a",
    ),
    "listed": (
        lambda one: expect.listed(one, "Vary", "origin", "*"),
        _exchange(headers=(("vary", "Accept"), ("Vary", "ORIGIN"))),
        "Vary with origin or *",
        "Vary: Accept; Vary: ORIGIN",
    ),
    "observed": (expect.observed, _exchange(503), "nothing: the contract is silent", "status 503, body null"),
    "observed-silence": (
        expect.observed,
        _silent("closed"),
        "nothing: the contract is silent",
        "no reply (closed)",
    ),
    "observed-said": (
        lambda one: expect.observed(one, "600 s"),
        _exchange(),
        "nothing: the contract is silent",
        "600 s",
    ),
}
NOT_MET: dict[str, tuple[Expect, Exchange, str, str]] = {
    "status": (lambda one: expect.status(one, 201), _exchange(200), "status 201", "status 200, body null"),
    "redirect-is-no-success": (
        expect.success,
        _exchange(302, b""),
        "a success (201)",
        "status 302, empty body",
    ),
    "error-is-no-success": (expect.success, _exchange(500), "a success (201)", "status 500, body null"),
    "success-is-no-refusal": (
        expect.refusal,
        _exchange(),
        "a refusal (status 400-499)",
        "status 201, body null",
    ),
    "redirect-is-no-refusal": (
        expect.refusal,
        _exchange(307),
        "a refusal (status 400-499)",
        "status 307, body null",
    ),
    "error-is-no-refusal": (
        expect.refusal,
        _exchange(500),
        "a refusal (status 400-499)",
        "status 500, body null",
    ),
    "server-error": (
        expect.no_server_error,
        _exchange(500, b"\xff"),
        "no server error (a status below 500)",
        "status 500, body \\xff",
    ),
    "body": (
        lambda one: expect.body(one, met=False, expected="body null"),
        _exchange(201, b"{}"),
        "body null",
        "status 201, body {}",
    ),
    "other-type": (
        lambda one: expect.content_type(one, "application/json"),
        _exchange(headers=(("Content-Type", "text/html"),)),
        "Content-Type: application/json",
        "Content-Type: text/html",
    ),
    "no-type": (
        lambda one: expect.content_type(one, "application/json"),
        _exchange(headers=()),
        "Content-Type: application/json",
        "no Content-Type header",
    ),
    "two-types": (
        lambda one: expect.content_type(one, "application/json"),
        _exchange(headers=(JSON, JSON)),
        "Content-Type: application/json",
        "Content-Type: application/json; charset=utf-8; Content-Type: application/json; charset=utf-8",
    ),
    "no-line": (
        lambda one: expect.line(one, "X-No", "a"),
        _exchange(),
        "one header line X-No: a",
        "no X-No header",
    ),
    "two-lines": (
        lambda one: expect.line(one, "X-Twice", "a"),
        _exchange(),
        "one header line X-Twice: a",
        "X-Twice: a; X-Twice: b",
    ),
    "a-line-in-other-case": (
        lambda one: expect.line(one, "X-Once", "A"),
        _exchange(),
        "one header line X-Once: A",
        "X-Once: a",
    ),
    "not-listed": (
        lambda one: expect.listed(one, "Vary", "cookie"),
        _exchange(),
        "Vary with cookie",
        "Vary: Accept, origin; Vary: *",
    ),
    "a-part-is-not-listed": (
        lambda one: expect.listed(one, "Vary", "origin"),
        _exchange(headers=(("Vary", "X-Origin"),)),
        "Vary with origin",
        "Vary: X-Origin",
    ),
    "nothing-listed": (
        lambda one: expect.listed(one, "Vary", "origin"),
        _exchange(headers=()),
        "Vary with origin",
        "no Vary header",
    ),
}


@pytest.mark.parametrize(("expectation", "exchange", "expected", "got"), MET.values(), ids=MET.keys())
def test_an_expectation_that_is_met_is_evidence_with_both_values(
    expectation: Expect, exchange: Exchange, expected: str, got: str
) -> None:
    with collecting_evidence() as evidence:
        expectation(exchange)

    assert evidence.met == 1
    assert [(exchange, expected, got)] == [
        (one.exchange, one.expected, one.got) for one in evidence.first_met
    ]


@pytest.mark.parametrize(("expectation", "exchange", "expected", "got"), NOT_MET.values(), ids=NOT_MET.keys())
def test_an_expectation_that_is_not_met_is_a_violation_with_both_values_and_its_exchange(
    expectation: Expect, exchange: Exchange, expected: str, got: str
) -> None:
    with collecting_evidence() as evidence, pytest.raises(Violation) as caught:
        expectation(exchange)

    assert f"expected: {expected}; got: {got}" == str(caught.value)
    unmet = caught.value.expectation
    assert (expected, got) == (unmet.expected, unmet.got)
    assert exchange is unmet.exchange
    assert Evidence() == evidence


JUDGING: dict[str, Expect] = {
    "status": lambda one: expect.status(one, 201),
    "success": expect.success,
    "refusal": expect.refusal,
    "no-server-error": expect.no_server_error,
    "body": lambda one: expect.body(one, met=True, expected="anything"),
    "content-type": lambda one: expect.content_type(one, "application/json"),
    "line": lambda one: expect.line(one, "X-Once", "a"),
    "listed": lambda one: expect.listed(one, "Vary", "origin"),
    "json": expect.json_body,
    "assume": lambda one: expect.assume(one, 201),
    "reply": expect.reply,
}
each_judging = pytest.mark.parametrize("expectation", JUDGING.values(), ids=JUDGING.keys())


@each_judging
@pytest.mark.parametrize("kind", ["unreachable", "timeout", "closed", "garbled"])
def test_no_reply_is_not_judged(expectation: Expect, kind: str) -> None:
    with (
        collecting_evidence() as evidence,
        pytest.raises(NotJudged, match=f"no reply \\({kind}: ReadTimeout\\)"),
    ):
        expectation(_silent(kind))

    assert evidence.met == 0


@each_judging
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_an_answer_that_is_not_from_the_application_is_not_judged(expectation: Expect, status: int) -> None:
    with (
        collecting_evidence() as evidence,
        pytest.raises(NotJudged, match=f"the application did not answer: .* \\({status}\\)"),
    ):
        expectation(_exchange(status))

    assert evidence.met == 0


@pytest.mark.parametrize("status", [400, 401, 408, 413, 422, 500, 501, 505])
def test_every_other_status_is_from_the_application(status: int) -> None:
    assert status == expect.reply(_exchange(status)).status


def test_an_assumption_that_fails_is_not_judged_and_never_a_violation() -> None:
    assert expect.assume(_exchange(201), 201).status == 201
    assert expect.assume(_exchange(204), 201).status == 204
    assert expect.assume(_exchange(401), 401).status == 401
    for status, other in ((201, 422), (401, 400), (422, 201), (200, 302)):
        with pytest.raises(
            NotJudged, match=f"needs an answer with status {status}, but got status {other}, body null"
        ):
            expect.assume(_exchange(other), status)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"null", None),
        (b'{"a": [1]}', {"a": [1]}),
        (b"", NOT_JSON),
        (b"no", NOT_JSON),
        (b'"\xff"', NOT_JSON),
        (b"[" * 100_000, NOT_JSON),
    ],
    ids=["null", "object", "empty", "prose", "invalid-utf-8", "deep"],
)
def test_a_body_is_read_as_json_or_known_not_to_be(body: bytes, value: Any) -> None:
    read = expect.json_body(_exchange(body=body))

    assert value is read if value is NOT_JSON else value == read


def test_evidence_is_stored_only_if_it_is_collected() -> None:
    with collecting_evidence() as evidence:
        pass
    expect.success(_exchange())

    assert Evidence() == evidence


def test_evidence_that_is_collected_inside_is_not_added_outside() -> None:
    with collecting_evidence() as outer:
        expect.success(_exchange())
        with collecting_evidence() as inner:
            expect.success(_exchange())
        expect.success(_exchange())

    assert (outer.met, inner.met) == (2, 1)


def test_the_first_three_are_stored_and_all_are_counted() -> None:
    with collecting_evidence() as evidence:
        for status in range(200, 210):
            expect.success(_exchange(status), because=f"{status}", example=status)

    assert evidence.met == 10
    assert [(one.because, one.example) for one in evidence.first_met] == [
        ("200", 200),
        ("201", 201),
        ("202", 202),
    ]


def test_a_violation_has_its_reason_and_the_smallest_example() -> None:
    with pytest.raises(Violation) as caught:
        expect.condition(_exchange(), met=False, expected="a", got="b", because="c", example={"d": 1})

    assert Expectation(_exchange(), "a", "b", "c", {"d": 1}) == caught.value.expectation


def test_not_judged_passes_through_hypothesis_unshrunk() -> None:
    calls = []

    @settings(database=None, derandomize=True)
    @given(st.integers(10, 1000))
    def check(number: int) -> None:
        calls.append(number)
        expect.success(_silent())

    with pytest.raises(NotJudged):
        check()
    assert len(calls) == 1


@pytest.mark.parametrize("before", range(150, 200, 7))
def test_a_quoted_body_is_cut_before_a_word_and_never_within_it(before: int) -> None:
    word = "secret" * 9
    reply = Reply(422, "", (), f'{{"{"e" * 60}": "{"f" * (before - 68)}", "{word}": 1, "more": 2}}'.encode())

    text = expect.format_reply(reply)

    assert text.endswith(CUT)
    assert "secr" not in text.replace(word, "")


def test_a_body_of_one_long_word_is_cut_within_it() -> None:
    assert len(expect.format_reply(Reply(422, "", (), b"x" * 300))) == len("status 422, body ") + 200 + len(
        CUT
    )
