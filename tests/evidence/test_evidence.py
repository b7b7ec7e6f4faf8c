import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from conformance import expect
from conformance.client import CUT, TOKEN_HEADER, UNRESERVED, Exchange, NoReply, Reply, Request
from conformance.evidence import Redactor, transcript, visible
from conformance.evidence.transcript import LONG, SHORT
from conformance.inputs.tokens import UNKNOWN, half, longer, one_changed, other_case, percent_encoded
from conformance.plugin.redactor import redactor_of
from conformance.settings import Settings

SECRET = 'sEcret-A/one+two="three"\\four%5'  # noqa: S105 - made up
OTHER = "sEcret-B'or$HOME"
REVOKED = "sEcret-C"
SETTINGS = Settings("https://staging.example", SECRET, OTHER, REVOKED)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


FORMS: dict[str, tuple[str, str]] = {
    "raw": (SECRET, "‹token A›"),
    "percent-encoded": (quote(SECRET, safe=""), "‹token A›"),
    "as-by-encodeURIComponent": (quote(SECRET, safe=UNRESERVED), "‹token A›"),
    "fully-percent-encoded": (percent_encoded(SECRET), "‹percent-encoded token A›"),
    "fully-in-lower-case": (percent_encoded(SECRET).lower(), "‹percent-encoded token A›"),
    "in-JSON": (json.dumps(SECRET)[1:-1], "‹token A›"),
    "in-base64": (_encoded(SECRET), "‹token A›=="),
    "other-case": (other_case(SECRET), "‹letter case swapped in token A›"),
    "lower-case": (SECRET.lower(), "‹token A›"),
    "first-half": (half(SECRET), "‹first half of token A›"),
    "first-half-encoded": (quote(half(SECRET), safe=""), "‹first half of token A›"),
    "one-changed": (one_changed(SECRET), "‹one character changed in token A›"),
    "one-changed-encoded": (quote(one_changed(SECRET), safe=""), "‹one character changed in token A›"),
    "with-a-tail": (longer(SECRET), "‹token A›conformance"),
    "token-B": (OTHER, "‹token B›"),
    "token-B-encoded": (quote(OTHER, safe=UNRESERVED), "‹token B›"),
    "revoked": (REVOKED, "‹revoked token›"),
    "unknown": (UNKNOWN, UNKNOWN),
}
each_form = pytest.mark.parametrize(("form", "alias"), FORMS.values(), ids=FORMS.keys())


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return redactor_of(SETTINGS)


def _reply(body: bytes, headers: tuple[tuple[str, str], ...] = (), *, cut: bool = False) -> Reply:
    return Reply(200, "OK", headers, body, cut)


def _judgement(request: Request, outcome: Reply | NoReply, got: str = "", **more: Any) -> expect.Expectation:
    return expect.Expectation(Exchange(request, outcome, 0.0, 0.0), "status 201", got, **more)


@each_form
def test_a_secret_is_replaced_by_its_alias_in_any_text(redactor: Redactor, form: str, alias: str) -> None:
    assert f"before {alias} after" == redactor.text(f"before {form} after")
    assert f"{alias}{alias}" == redactor.text(form + form)
    assert {alias: [alias, 7, None]} == redactor.value({form: (form, 7, None)})


@each_form
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "brief"])
def test_a_secret_is_replaced_everywhere_in_a_transcript(
    redactor: Redactor, form: str, alias: str, whole: bool
) -> None:
    lines = ((TOKEN_HEADER, form), (f"X-{form}", "a"), ("Cookie", f"token={form}; b=c"))
    request = Request("POST", f"https://staging.example/beacon?token={form}&a=b", lines, f'"{form}"'.encode())
    expectation = _judgement(
        request, _reply(form.encode(), lines), f"body {form}", because=form, example=form.replace('"', "'")
    )

    record = transcript(expectation, redactor, whole=whole)

    shown = [[TOKEN_HEADER, alias], [f"X-{alias}", "a"], ["Cookie", f"token={alias}; b=c"]]
    assert f"POST /beacon?token={alias}&a=b" == record["sent"]["line"]
    assert shown == record["sent"]["headers"] == record["reply"]["headers"]
    assert [f'"{alias}"', alias] == [record["sent"]["body"], record["reply"]["body"]]
    assert [f"body {alias}", alias] == [record["got"], record["because"]]
    assert form == UNKNOWN or form.lower() not in json.dumps(record, ensure_ascii=False).lower()


def test_a_text_without_a_secret_stays_as_it_is(redactor: Redactor) -> None:
    text = "POST /beacon ‹token A› sEcre\n\tžluťoučký kůň 🐎"

    assert text == redactor.text(text)


def test_no_secrets_mean_nothing_to_replace() -> None:
    assert redactor_of(Settings()).text("reference") == "reference"


@pytest.mark.parametrize("letter", ["\u017f", "\u212a", "İ", "ß"])
def test_letters_that_fold_to_ascii_are_no_letters_of_a_token(letter: str) -> None:
    redactor = Redactor()
    redactor.add_token("token A", "BEACON_TOKEN", "sik-token")
    text = f"{letter}ik-token si{letter}-token"

    assert f"{text} ‹token A›" == redactor.text(f"{text} sik-token")


@pytest.mark.parametrize("size", [9, 40, 400])
@pytest.mark.parametrize("shape", [str, percent_encoded, lambda token: quote(token, safe="")])
@pytest.mark.parametrize("offset", range(0, 40, 7))
def test_a_cut_leaves_no_piece_of_a_token(size: int, shape: Callable[[str], str], offset: int) -> None:
    token = "".join(f"kQ{index:03}/" for index in range(size))[:size]
    redactor = redactor_of(Settings("https://staging.example", token))
    content = ("." * offset + shape(token) * (200_000 // size)).encode()
    reply = _reply(content)
    expectation = _judgement(
        Request("POST", "https://staging.example", (), content), reply, expect.format_reply(reply)
    )

    for whole in (True, False):
        record = transcript(expectation, redactor, whole=whole)
        shown = [record["sent"]["body"], record["reply"]["body"], record["got"]]

        leaks = ("kQ000/", "kQ001/", "%6B%51", "2FkQ00")
        assert [text[-80:] for text in shown if any(leak in text for leak in leaks)] == []


def test_an_expectation_repeats_the_first_of_a_long_body_and_says_that_it_is_cut(redactor: Redactor) -> None:
    assert expect.format_reply(_reply(b"abc")) == "status 200, body abc"
    assert f"status 200, body {'x' * 200}… (cut)" == redactor.text(expect.format_reply(_reply(b"x" * 201)))


@pytest.mark.parametrize("kept", range(7, len(SECRET)))
def test_what_a_cut_has_left_of_a_token_is_its_alias_too(redactor: Redactor, kept: int) -> None:
    shown = redactor.text(f"a {SECRET[:kept]}{CUT}; b {SECRET[:5]}{CUT}")

    assert shown.startswith("a ‹")
    assert shown.endswith(f"›{CUT}; b sEcre{CUT}")
    assert SECRET[:6] not in shown


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "brief"])
def test_a_body_is_cut_with_its_length_and_digest(redactor: Redactor, whole: bool) -> None:
    limit = LONG if whole else SHORT
    fitting, long = b"x" * limit, b"x" * (limit + 1)

    record = transcript(_judgement(Request("POST", "", (), fitting), _reply(long)), redactor, whole=whole)

    assert {"body": "x" * limit, "bytes": limit}.items() <= record["sent"].items()
    assert "cut" not in record["sent"]
    digest = hashlib.sha256(long).hexdigest()
    cut = {"body": "x" * limit, "bytes": limit + 1, "cut": True, "sha256": digest}
    assert cut.items() <= record["reply"].items()


def test_a_body_that_was_not_read_to_its_end_says_so(redactor: Redactor) -> None:
    record = transcript(_judgement(Request("POST", ""), _reply(b"short", cut=True)), redactor, whole=True)

    assert True is record["reply"]["cut"]


def test_a_missing_reply_is_shown_by_its_kind(redactor: Redactor) -> None:
    missing = NoReply("garbled", f"RemoteProtocolError: {SECRET}\x1b[31m")

    record = transcript(_judgement(Request("POST", ""), missing), redactor, whole=True)

    assert record["reply"] == {"none": "garbled", "detail": "RemoteProtocolError: ‹token A›\\x1b[31m"}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\x00b", "a\\x00b"),
        ("\r\x08\x7f\x85", "\\r\\x08\\x7f\\x85"),
        ("\u202etxt\u202c\u2066\u200f", "\\u202etxt\\u202c\\u2066\\u200f"),
        ("\u200b\ufeff\u2028\u2029", "\\u200b\\ufeff\\u2028\\u2029"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("line\n\ttab", "line\n\ttab"),
        ("é 漢 🐎", "é 漢 🐎"),
    ],
)
def test_what_acts_on_a_terminal_or_a_page_is_shown_as_escapes(
    redactor: Redactor, raw: str, shown: str
) -> None:
    assert shown == visible(raw)
    record = transcript(
        _judgement(
            Request("POST", "", (), raw.encode("utf-8", "surrogatepass")), _reply(b"", (("X-A", raw),)), raw
        ),
        redactor,
        whole=True,
    )
    assert shown == record["got"] == record["reply"]["headers"][0][1]
    assert record["sent"]["body"] in {shown, "\\xed\\xa0\\x80"}


def test_what_an_observer_s_address_gives_away_is_replaced() -> None:
    address = "https://reader-name:p%40ssw0rd@logs.example/x?key=kEy-12345&limit=5&format=json&token={token}"
    redactor = redactor_of(Settings("https://staging.example", SECRET, observer=address))
    alias = "‹observer's secret›"

    assert f"{alias} {alias} {alias} {alias}" == redactor.text("reader-name p%40ssw0rd p@ssw0rd kEy-12345")
    assert redactor.text("status 500, application/json") == "status 500, application/json"


def test_a_redactor_does_not_show_what_it_knows(redactor: Redactor) -> None:
    assert "ecret" not in repr(redactor)


def test_what_an_observer_s_headers_give_away_is_replaced_and_media_types_stay() -> None:
    lines = "Authorization: Bearer kEy-12345\nAccept: application/json"
    redactor = redactor_of(Settings("https://staging.example", SECRET, observer_headers=lines))

    assert redactor.text("Bearer kEy-12345, kEy-12345") == "‹observer's secret›, ‹observer's secret›"
    assert redactor.text("application/json") == "application/json"
