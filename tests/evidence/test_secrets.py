"""Secrets are looked for by value, in every form, in every file of a run and on its terminal: none is to be found."""

import base64
import codecs
import gzip
import html
import importlib.util
import json
import os
import quopri
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from conformance import reference
from conformance.inputs.tokens import percent_encoded
from conformance.plugin.redactor import redactor_of
from conformance.reference.stores import STORES, Store
from conformance.settings import Settings
from tests.support.raw_servers import RawServer
from tests.support.runs import run

TOKENS = ("sEntinel-A/0ne+two=three%4five", "sEntinel-B&f0ur?six~seven")
PASSWORD, KEY, BEARER = "sEntinel-C/p@ss:wOrd", "sEntinel-D+kEy&of=mine", "sEntinel-E.bearer_0f-mine"
WINDOW = 10
"""Characters of a secret that are a leak."""


def _base64(secret: str) -> Iterator[str]:
    """Yield what stays the same of a secret's base64 whatever stands around it, at each of three alignments."""
    for before in range(3):
        one, other = (
            base64.b64encode(around * before + secret.encode() + around * 3).decode()
            for around in (b"\x00", b"\xff")
        )
        same = "".join(a if a == b else " " for a, b in zip(one, other, strict=True))
        yield from re.findall(r"\S{8,}", same)


def forms(secret: str) -> set[str]:
    """Return what must be nowhere, in lower case."""
    windows = {secret[start : start + WINDOW] for start in range(len(secret) - WINDOW + 1)}
    return {
        form.lower()
        for form in (
            *windows,
            *(quote(window, safe="") for window in windows),
            *(percent_encoded(window) for window in windows),
            *("".join(f"\\u{ord(one):04x}" for one in window) for window in windows),
            *(text.replace("+", "-").replace("/", "_") for text in _base64(secret)),
            *_base64(secret),
            *(window.encode().hex() for window in windows),
            *(window[::-1] for window in windows),
            *(codecs.encode(window, "rot13") for window in windows),
            *(base64.b32encode(b"." * before + secret.encode()).decode()[8:-8] for before in range(5)),
        )
    }


def leaks(texts: dict[str, str], *secrets: str) -> set[tuple[str, str]]:
    """Return which forms of which secret are in which text, in one line or in several, escaped or not."""
    found = set()
    for name, text in texts.items():
        unescaped = re.sub(r"\\(.)", r"\1", text)
        joined = [re.sub(r"(?:\\r)?\\n|\s+", "", one) for one in (text, html.unescape(text))]
        views = {one.lower() for one in (text, html.unescape(text), unescaped, *joined)}
        found |= {
            (name, form)
            for secret in secrets
            for form in forms(secret)
            if any(form in view for view in views)
        }
    return found


def _everything(directory: Path, output: str) -> dict[str, str]:
    texts = {
        str(path): path.read_text("utf-8", "backslashreplace")
        for path in directory.rglob("*")
        if path.is_file()
    }
    assert {"results.json", "report.html", "compliance.html", "junit.xml", "summary.md"} <= {
        Path(name).name for name in texts
    }
    return {**texts, "terminal": output}


def repetitions(token: str) -> dict[str, str]:
    """Return the ways in which a target repeats a token."""
    half, third = len(token) // 2, len(token) // 3
    return {
        "raw": token,
        "first": token[:half],
        "second": token[half:],
        "percent": quote(token, safe=""),
        "every-byte": percent_encoded(token).lower(),
        "basic": base64.b64encode(f"{token}:".encode()).decode(),
        "basic-1": base64.b64encode(f"u:{token}!".encode()).decode(),
        "basic-2": base64.b64encode(f"u{token}!!".encode()).decode(),
        "url-safe": base64.urlsafe_b64encode(f"u{token}".encode()).decode(),
        "json": json.dumps(token).replace("/", "\\/"),
        "json-in-json": json.dumps(json.dumps(f'"{token}"').replace("/", "\\/")),
        "unicode-escapes": "".join(f"\\u{ord(one):04X}" for one in token),
        "html": html.escape(token).replace("/", "&#47;").replace("=", "&#x3D;"),
        "lines": f"{token[:third]}\r\n\t{token[third:]}",
        "escaped-lines": json.dumps(f"{token[:third]}\n{token[third:]}"),
        "hex": token.encode().hex(),
        "hex-dump": token.encode().hex(" "),
        "upper-hex-in-a-text": f"a{token.encode().hex().upper()}0",
        "base32": base64.b32encode(token.encode()).decode(),
        "base32-in-a-text": base64.b32encode(f"me:{token}!".encode()).decode().lower(),
        "base32hex": base64.b32hexencode(f"m{token}".encode()).decode(),
        "reversed": token[::-1],
        "rot13": codecs.encode(token, "rot13"),
        "quoted-printable": quopri.encodestring(f"{token} ".encode() * 4, quotetabs=True).decode(),
        "every-byte-for-mail": "".join(f"={byte:02X}" for byte in token.encode()),
        "short-entities": "".join(f"&#{ord(one)}" for one in token),
        "long-entities": "".join(f"&#x{ord(one):08x};" for one in token),
        "octal": "".join(f"\\{ord(one):03o}" for one in token),
        "numbers": json.dumps([*token.encode()]),
        "hex-numbers": ", ".join(map(hex, token.encode())),
        "gzip-in-base64": base64.b64encode(gzip.compress(token.encode())).decode(),
        "zlib-in-base64": base64.urlsafe_b64encode(zlib.compress(f'{{"a": "{token}"}}'.encode())).decode(),
        "deflate-in-base64": base64.b64encode(zlib.compress(token.encode(), wbits=-15)).decode(),
        "gzip-in-hex": gzip.compress(token.encode()).hex(),
        "mail": base64.encodebytes(f"user:{token * 4}".encode()).decode(),
    }


class Leaky(reference.Rules):
    """Repeats whatever token it is sent, in every way, in headers; and in bodies, where that is asked for."""

    in_bodies = False

    def store_for(self, token: str | None) -> Store | None:
        return STORES[TOKENS.index(token)] if token in TOKENS else None

    def finish(self, request: Request, response: Response, /) -> Response:
        sent = request.headers.get("x-storefront-access-token", "") or request.query_params.get("token", "")
        response.headers["X-Echo"] = f"{request.url.query} {sent}".strip()
        for name, text in repetitions(sent).items() if sent.isascii() else ():
            response.headers[f"X-{name}"] = " ".join(text.split())
        if not self.in_bodies:
            return response
        text = "\n".join(f"{name}: {text}" for name, text in repetitions(sent).items())
        middle = text.index(sent) + len(sent) // 2
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return StreamingResponse(
            iter([text[:middle].encode(), text[middle:].encode()]), response.status_code, headers
        )


class LeakyInBodies(Leaky):
    in_bodies = True


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "support" / "plugins")
    for name in [name for name in os.environ if name.startswith("BEACON_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("STORE_KEY", KEY)


TALKATIVE = ["-vv", "-rA", "-l", "--full-trace", "--log-level=DEBUG", "-o", "log_cli=true"]
FEW = ["--requirement=token.header-accepted", "--requirement=token.header-wins"]
CHAPTERS = ["--effort=quick", "-k=test_token or test_response or test_robustness or test_batch"]
RUNS: dict[str, tuple[type[Leaky], list[str], set[int]]] = {
    "passing": (Leaky, FEW, {6}),
    "failing": (LeakyInBodies, CHAPTERS, {1}),
    "faulty-check": (LeakyInBodies, ["-p", "faulty", *FEW], {3}),
    "faulty-hook": (LeakyInBodies, ["-p", "breaking", *FEW], {3}),
    "interrupted": (LeakyInBodies, ["-p", "interrupting", *CHAPTERS], {2}),
    "several-processes": (LeakyInBodies, ["-n", "2", *FEW], {6}),
}


@pytest.mark.parametrize(("rules", "more", "statuses"), RUNS.values(), ids=RUNS.keys())
def test_no_token_is_in_any_file_or_on_the_terminal(
    rules: type[Leaky], more: list[str], statuses: set[int], tmp_path: Path
) -> None:
    with reference.Server(rules, delay=0.005) as server:
        status, output = run(
            f"--target={server.url}",
            f"--token={TOKENS[0]}",
            f"--other-token={TOKENS[1]}",
            f"--origin={reference.ORIGIN}",
            f"--report-dir={tmp_path}",
            "--timeout=20",
            "--patience=1",
            *TALKATIVE,
            *more,
        )

    assert status in statuses, output
    texts = _everything(tmp_path, output)
    assert set() == leaks(texts, *TOKENS)
    assert "‹token A›" in texts[str(tmp_path / "results.json")] or status == 3


def _echo(server: RawServer, connection: object) -> None:
    """Answer a reading with an error that repeats the request, its query and its headers."""
    raw = server.received[-1]
    answer = (
        b"HTTP/1.1 500 Error " + raw.split(b"\r\n")[0] + b"\r\nContent-Length: %d\r\n\r\n" % len(raw) + raw
    )
    connection.sendall(answer)  # type: ignore[attr-defined]


def _addresses(host: str) -> dict[str, list[str]]:
    encoded = quote(PASSWORD, safe="")
    query = quote("SELECT * FROM events WHERE token = :token")
    addresses = {
        "http": [
            f"--observer=http://reader-of-events:{encoded}@{host}/x?token={{token}}&key={quote(KEY, safe='')}",
            f"--observer-headers=Authorization: Bearer {BEARER}\nX-Key: {KEY}\nCookie: a=b; session={BEARER}",
        ],
        "http-basic": [
            f"--observer=http://{host}/x?token={{token}}",
            f"--observer-headers=Authorization: Basic {base64.b64encode(f'me:{PASSWORD}'.encode()).decode()}",
        ],
        "exec-variable": ['--observer=exec:echo "cannot read with ${STORE_KEY}" >&2; exit 7'],
        "exec": [f"--observer=exec:echo 'cannot reach https://me:{encoded}@{host}/' >&2; exit 7"],
    }
    if importlib.util.find_spec("psycopg") is not None:
        addresses["sql"] = [
            f"--observer=sql+postgresql+psycopg://reader:{encoded}@127.0.0.1:1/events?connect_timeout=2&query={query}"
        ]
    return addresses


@pytest.mark.parametrize("kind", ["http", "http-basic", "exec", "exec-variable", "sql"])
@pytest.mark.parametrize("plugin", ["", "breaking"], ids=["unreadable", "crash"])
def test_no_secret_of_an_observer_is_in_any_file_or_on_the_terminal(
    kind: str, plugin: str, tmp_path: Path
) -> None:
    with reference.Server(Leaky, delay=0.005) as server, RawServer(_echo) as store:
        addresses = _addresses(store.host)
        if kind not in addresses:
            pytest.skip("needs psycopg")
        status, output = run(
            f"--target={server.url}",
            f"--token={TOKENS[0]}",
            f"--report-dir={tmp_path}",
            "--timeout=20",
            "--patience=0.1",
            "--requirement=batch.ingests-all",
            *addresses[kind],
            *TALKATIVE,
            *(["-p", plugin] if plugin else []),
        )

    assert status in ({3} if plugin else {5, 6}), output
    texts = _everything(tmp_path, output)
    assert set() == leaks(texts, *TOKENS, PASSWORD, KEY, BEARER)


@pytest.mark.parametrize("name", repetitions(TOKENS[0]))
def test_a_token_is_replaced_by_its_alias_in_every_form(name: str) -> None:
    redactor = redactor_of(Settings("https://staging.example", *TOKENS))
    text = repetitions(TOKENS[0])[name]

    shown = redactor.text(f"before {text} after")

    assert set() == leaks({name: shown}, *TOKENS)
    assert re.search(r"before .*‹[a-z -]*token A›", shown, re.DOTALL)
    assert shown.endswith(" after")


@pytest.mark.parametrize("text", [
    "100%25 of \\u0041 &amp; &#65;\n\tand\r\nmore", '{"a": "b\\nc\\/d"}', "YWJjZGVmZ2hpamtsbW5vcA==", "%%%\\u12 &nothing; &#;"
])  # fmt: skip
def test_a_text_without_a_secret_stays_as_it_is_however_it_is_encoded(text: str) -> None:
    redactor = redactor_of(Settings("https://staging.example", *TOKENS))

    assert redactor.text(text) == text.replace("\r", "\\r")


def test_an_observer_s_address_with_the_token_in_it_leaves_the_token_its_alias() -> None:
    address = f"https://logs.example/x?token={quote(TOKENS[0], safe='')}"
    redactor = redactor_of(Settings("https://staging.example", TOKENS[0], observer=address))

    assert redactor.text(f"{TOKENS[0]} {quote(TOKENS[0], safe='')}") == "‹token A› ‹token A›"
    alias = next(piece for piece in redactor.pieces(TOKENS[0]) if not isinstance(piece, str))
    assert alias.shell == "$BEACON_TOKEN"


@pytest.mark.parametrize("secret", [PASSWORD, KEY, BEARER])
@pytest.mark.parametrize("name", [name for name in repetitions(TOKENS[0]) if name not in {"first", "second"}])
def test_a_secret_of_an_observer_is_replaced_by_its_alias_in_every_form(secret: str, name: str) -> None:
    redactor = redactor_of(
        Settings(
            "https://staging.example",
            "t0ken",
            observer=f"sql+postgresql://reader:{quote(PASSWORD, safe='')}@db.example/events?query=SELECT%201",
            observer_headers=f"Authorization: Bearer {BEARER}\nX-Key: {KEY}",
        )
    )

    shown = redactor.text(f"before {repetitions(secret)[name]} after")

    assert set() == leaks({name: shown}, secret)
    assert re.search("‹(encoded )?observer's secret›", shown)
