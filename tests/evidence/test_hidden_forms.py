"""Forms of a secret that one step reverses, and secrets that cannot be hidden without harm to the suite's own words."""

import base64
import gzip
import hashlib
import json
import random
import time
import zlib

import pytest

from conformance import reference
from conformance.client import CUT, Exchange, Reply, Request
from conformance.evidence import Redactor, transcript
from conformance.evidence.own_words import suite
from conformance.evidence.transcript import LONG
from conformance.expect import Expectation
from conformance.plugin.redactor import redactor_of
from conformance.requirements import ALL
from conformance.settings import Settings

SECRET = "kQ-7fdA/02+hidden=me%4x"  # noqa: S105 - made up
ODD = ["a", "-", "201", "token", "error", '"', "{}", "e", "null", "constructor", "X-Storefront-Access-Token", "12345678", "--------", "application/json"]  # fmt: skip


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return redactor_of(Settings("https://staging.example", SECRET))


def _answer(body: bytes) -> Expectation:
    request = Request("POST", "https://staging.example")
    return Expectation(Exchange(request, Reply(200, "OK", (), body), 0.0, 0.0), "status 201", "")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_a_token_in_another_encoding_of_text_is_replaced(redactor: Redactor, encoding: str) -> None:
    record = transcript(_answer(f"a {SECRET} b".encode(encoding)), redactor, whole=True)

    assert "‹token A›" in record["reply"]["body"]
    assert "f\\x00d" not in record["reply"]["body"]


COMPRESSED = {
    "gzip": gzip.compress(SECRET.encode(), mtime=0),
    "gzip-later": b'{"a": 1}' + gzip.compress(SECRET.encode(), mtime=0),
    "zlib": zlib.compress(f"{SECRET} {SECRET}".encode()),
    "gzip-as-json": json.dumps(gzip.compress(SECRET.encode(), mtime=0).decode("latin-1")).encode(),
    "gzip-as-utf-8-json": json.dumps(gzip.compress(SECRET.encode()).decode("latin-1"), ensure_ascii=False).encode(),
    "cut-off": gzip.compress(SECRET.encode() + bytes(1000))[:-20],
}  # fmt: skip


@pytest.mark.parametrize("body", COMPRESSED.values(), ids=COMPRESSED.keys())
def test_compressed_data_with_a_token_is_withheld_with_its_digest(redactor: Redactor, body: bytes) -> None:
    record = transcript(_answer(body), redactor, whole=True)["reply"]

    text = body.decode("utf-8", "backslashreplace")
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert record["body"] == (
        f"‹withheld: {len(text)} characters with a secret in compressed data, sha256 {digest}›"
    )


def test_compressed_data_without_a_token_is_shown(redactor: Redactor) -> None:
    body = gzip.compress(b"nothing of that", mtime=0)

    assert "withheld" not in transcript(_answer(body), redactor, whole=True)["reply"]["body"]


def test_a_bomb_of_compressed_data_is_read_to_a_limit(redactor: Redactor) -> None:
    body = gzip.compress(bytes(50_000_000))

    assert len(transcript(_answer(body), redactor, whole=True)["reply"]["body"]) <= LONG


NOISE = random.Random(1).randbytes(60_000)  # noqa: S311 - the same in each run
SLOW = {
    "bombs": b"".join(gzip.compress(NOISE)[:9000] for _ in range(9)).decode("utf-8", "backslashreplace"),
    "many-bombs": " ".join(base64.b64encode(gzip.compress(bytes(40_000))).decode() for _ in range(900)),
    "runs": " ".join(base64.b64encode(NOISE[at : at + 18]).decode() for at in range(0, 59_000, 10)),
    "numbers": ", ".join(map(str, NOISE[:30_000])),
    "dump": NOISE[:40_000].hex(" "),
    "short-dumps": "aa aa aa aa aa zz " * 7000,
    "escapes": "\\u0041" * 20_000,
    "entities": "&#65" * 30_000,
    "nul-bytes": "a\0" * 60_000,
    "beginnings": (SECRET[:9] + "~") * 12_000,
    "beginnings-in-hexadecimal": (SECRET[:9].encode().hex() + "~") * 6000,
    "cuts": (CUT + SECRET[:8]) * 8000,
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW.keys())
def test_no_text_of_a_target_takes_long_to_look_through(redactor: Redactor, text: str) -> None:
    began = time.monotonic()

    redactor.text(text[: 8 * LONG])

    assert time.monotonic() - began < 10


@pytest.mark.parametrize("start", [3, 4])
def test_a_part_of_a_token_in_another_form_is_replaced(redactor: Redactor, start: int) -> None:
    part = SECRET[start : start + 12]

    for form in (part.encode().hex(), part[::-1], f"x{part}".encode().hex().upper()):
        assert form.lower() not in redactor.text(f"a {form} b").lower()


@pytest.mark.parametrize("token", ODD)
def test_a_token_that_is_too_short_or_too_common_is_said_and_changes_no_word(token: str) -> None:
    redactor = redactor_of(Settings("https://staging.example", token, "another-Token-of-B"))
    words = [text for item in ALL for text in (item.id, item.statement, item.source)]
    words += [f"status 201, body null{CUT}", '{"errors": ["a - b"]}', token, token * 20, token.upper()]

    assert list(redactor.shown) == ["token A"]
    assert words == [redactor.text(word) for word in words]


@pytest.mark.parametrize("token", ["conformance-7fdA02", "token-is-invalid-7fdA02", "expected-header-lines"])
def test_a_token_of_common_words_is_hidden_whole_and_its_words_stay(token: str) -> None:
    redactor = redactor_of(Settings("https://staging.example", token))

    assert redactor.text(f"a {token} b") == "a ‹token A› b"
    for text in (
        "conformance-1a2b3c4d-9",
        "the token is invalid",
        "expected header lines",
        "‹first half of x›",
    ):
        assert text == redactor.text(text)


def test_a_token_in_the_address_of_the_target_is_said_to_be_shown() -> None:
    redactor = redactor_of(Settings("https://kq7fda02hidden.example", "kq7fda02hidden"))

    assert list(redactor.shown) == ["token A"]


def test_no_token_of_the_reference_is_a_word_of_the_suite() -> None:
    words = "\n".join(suite())

    assert not any(
        token in words for token in (reference.TOKEN, reference.OTHER_TOKEN, reference.REVOKED_TOKEN)
    )
    assert all(item.statement.lower()[:30] in words for item in ALL[:3])


def test_a_short_password_is_replaced_in_its_address_alone() -> None:
    settings = Settings(
        "https://staging.example", SECRET, observer="https://me:p%40x@logs.example/?t={token}"
    )
    redactor = redactor_of(settings)

    assert list(redactor.shown) == ["observer's secret"]
    assert (
        redactor.text("https://me:p@x@logs.example p@x") == "https://me:‹observer's secret›@logs.example p@x"
    )


def test_a_value_from_the_environment_is_replaced_in_every_text() -> None:
    settings = Settings(
        "https://staging.example", SECRET, from_environment=(("PATH_KEY", "f00-bAr/9"), ("SHORT", "x"))
    )
    redactor = redactor_of(settings)

    assert list(redactor.shown) == ["value from the environment"]
    assert redactor.text("a f00-bAr/9") == "a ‹value from the environment›"
    assert "f00-bAr" not in redactor.text(b"f00-bAr/9".hex()) + repr(settings)
