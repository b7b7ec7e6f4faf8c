import gzip
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from conformance.client import HttpClient, Request, Target
from conformance.evidence import Redactor
from conformance.evidence.curl import LONGEST_BODY, curl
from conformance.inputs.factory import body
from conformance.inputs.tokens import ALTERATIONS, longer, percent_encoded
from conformance.plugin.redactor import redactor_of
from conformance.results import read
from conformance.settings import Settings
from tests.support.raw_servers import RawServer, body_of, head_of
from tests.support.runs import run

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl on the PATH")

PLAIN = "shpat_0123456789abcdef"
ODD = "-@'to`k\"e$n$(x)\\y\\n%41&|;<>*?!#~{}[]^+/="
TOKENS = {"plain": PLAIN, "odd": ODD, "short": "ab'$-z", "letterless": "12345-67890"}
each_token = pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS.keys())
BODIES = {
    "json": b'{"events": [{"a": 1}]}',
    "quotes": b'it\'s "quoted" `tick` $HOME $(id) \\n \\',
    "lines": b"\nfirst\r\n\tsecond\n\n",
    "unicode": "žluťoučký kůň 🐎 \u202e\u2028".encode(),
    "at": b"@/etc/passwd",
    "dash": b"-d x",
    "percent": b"%s %d %% \\045 %",
    "controls": bytes(range(1, 128)),
    "nul": b'{"a": "\x00", "b": "\'$HOME\\"}',
    "invalid": bytes(range(256)),
    "surrogate": b'"\xed\xa0\x80"',
    "empty": b"",
}


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


@pytest.fixture(scope="module")
def http_client() -> Iterator[HttpClient]:
    http_client = HttpClient(30)
    yield http_client
    http_client.close()


def _target(server: RawServer, http_client: HttpClient, token: str = PLAIN) -> Target:
    return Target(server.url, token, "https://shop.example", http_client)


def _repeated(server: RawServer, http_client: HttpClient, request: Request, token: str, home: Path) -> str:
    """Send a request by the suite's client and by its curl command, and see that both are the same."""
    redactor = redactor_of(Settings("https://staging.example", token, "token-of-B", "token-revoked"))
    command = curl(request, redactor)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "BEACON_TOKEN": token,
        "BEACON_OTHER_TOKEN": "token-of-B",
        "BEACON_REVOKED_TOKEN": "token-revoked",
    }
    http_client.close()
    http_client.send(request)
    done = _in_a_shell(command, environment)

    assert (done.returncode, done.stderr) == (0, b""), command
    ours, theirs = server.received[-2:]
    assert _lines(ours) == _lines(theirs), command
    assert body_of(ours) == body_of(theirs), command
    return command


def _in_a_shell(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    command_line = ["sh", "-c", command]
    return subprocess.run(command_line, env=environment, capture_output=True, timeout=60, check=False)  # noqa: S603 - our own


def _lines(raw: bytes) -> list[bytes]:
    """Return a request's head as the application gets it, without what the framing adds."""
    first, *lines = head_of(raw)
    added = (b"host:", b"content-length:", b"expect:")
    return [unquote_to_bytes(first), *(line.rstrip() for line in lines if not line.lower().startswith(added))]


@pytest.mark.parametrize("content", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "chunked"])
def test_the_command_repeats_every_body(
    server: RawServer, http_client: HttpClient, tmp_path: Path, content: bytes, chunked: bool
) -> None:
    request = _target(server, http_client).request(content, header=PLAIN)

    _repeated(server, http_client, request.in_chunks() if chunked else request, PLAIN, tmp_path)


@each_token
def test_the_command_reads_tokens_from_the_environment(
    server: RawServer, http_client: HttpClient, tmp_path: Path, token: str
) -> None:
    request = _target(server, http_client).request(
        body([], token=token, other=["token-of-B", token]),
        header=token,
        raw_query=f"token={percent_encoded(token)}&other=token-of-B",
        headers=[
            ("Cookie", f"token={token}; a=b"),
            ("Authorization", f"Bearer {token}"),
            ("X-Old", "token-revoked"),
        ],
    )

    command = _repeated(server, http_client, request, token, tmp_path)

    assert token not in command
    assert {"token-of-B", "token-revoked"}.isdisjoint(command.replace('"', " ").replace("=", " ").split())
    assert "$BEACON_TOKEN" in command


@each_token
def test_the_command_repeats_an_encoded_query_token(
    server: RawServer, http_client: HttpClient, tmp_path: Path, token: str
) -> None:
    command = _repeated(
        server, http_client, _target(server, http_client).request(b"{}", query=token), token, tmp_path
    )

    assert token not in command


@each_token
@pytest.mark.parametrize("form", ["header", "query"])
@pytest.mark.parametrize("alter", [*(one.alter for one in ALTERATIONS), longer], ids=lambda one: one.__name__)
def test_the_command_repeats_an_altered_token(
    server: RawServer,
    http_client: HttpClient,
    tmp_path: Path,
    token: str,
    form: str,
    alter: Callable[[str], str],
) -> None:
    header, query = (alter(token), None) if form == "header" else (None, alter(token))
    request = _target(server, http_client).request(b"{}", header=header, query=query)

    command = _repeated(server, http_client, request, token, tmp_path)

    assert token not in command
    assert len(alter(token)) < 6 or alter(token) not in command


@pytest.mark.parametrize("content", [b"\x00%b\xff", b"%b\x00"], ids=["inside", "first"])
@each_token
def test_the_command_hides_a_token_among_bytes_that_are_no_text(
    server: RawServer, http_client: HttpClient, tmp_path: Path, content: bytes, token: str
) -> None:
    request = _target(server, http_client).request(content % token.encode())

    command = _repeated(server, http_client, request, token, tmp_path)

    assert "".join(f"\\{byte:03o}" for byte in token.encode()) not in command


@pytest.mark.parametrize(
    "line",
    [
        ("X-Empty", ""),
        ("X-Quotes", 'it\'s "a" `b` $HOME \\'),
        ("X-Semicolon", ";"),
        ("X-At", "@/etc/passwd"),
        ("User-Agent", ""),
        ("accept", "*/*"),
        ("Expect", "nothing"),
        ("Content-Type", ""),
    ],
    ids=lambda line: line[0],
)
def test_the_command_repeats_every_header_line(
    server: RawServer, http_client: HttpClient, tmp_path: Path, line: tuple[str, str]
) -> None:
    request = _target(server, http_client).request(b"{}", headers=[line, ("x-b", "1"), ("X-B", "2")])

    _repeated(server, http_client, request, PLAIN, tmp_path)


def test_the_command_adds_no_header_of_curl_s_own(
    server: RawServer, http_client: HttpClient, tmp_path: Path
) -> None:
    for request in (
        Request("POST", f"{server.url}/beacon", (), b"{}"),
        Request("GET", f"{server.url}/beacon"),
    ):
        _repeated(server, http_client, request, PLAIN, tmp_path)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_the_command_repeats_every_method(
    server: RawServer, http_client: HttpClient, tmp_path: Path, method: str
) -> None:
    request = _target(server, http_client).request(b"", header=PLAIN, content_type=None).by(method)

    _repeated(server, http_client, request, PLAIN, tmp_path)


def test_the_command_repeats_a_body_by_another_method(
    server: RawServer, http_client: HttpClient, tmp_path: Path
) -> None:
    _repeated(server, http_client, _target(server, http_client).request(b"{}").by("PUT"), PLAIN, tmp_path)


def test_the_command_repeats_a_preflight(server: RawServer, http_client: HttpClient, tmp_path: Path) -> None:
    request = _target(server, http_client).preflight("content-type", query=PLAIN).request

    _repeated(server, http_client, request, PLAIN, tmp_path)


@pytest.mark.parametrize("path", ["/a'b?c=[1-3]&d={x,y}", "/a%2Fb/?q='$HOME`id`'&&", "//double"])
def test_the_command_repeats_every_url(
    server: RawServer, http_client: HttpClient, tmp_path: Path, path: str
) -> None:
    _repeated(server, http_client, Request("POST", f"{server.url}{path}", (), b"{}"), PLAIN, tmp_path)


def test_a_body_that_nobody_would_paste_makes_no_command() -> None:
    redactor = Redactor()

    assert curl(Request("POST", "https://staging.example", (), b"x" * LONGEST_BODY), redactor) != ""
    assert curl(Request("POST", "https://staging.example", (), b"x" * (LONGEST_BODY + 1)), redactor) == ""


def test_the_command_repeats_a_binary_body_from_a_file(
    server: RawServer, http_client: HttpClient, tmp_path: Path
) -> None:
    file = tmp_path / "batch.json.gz"
    file.write_bytes(gzip.compress(b'{"events": [' + PLAIN.encode() + b"]}" + bytes(range(256)), mtime=0))
    request = _target(server, http_client).request(file.read_bytes(), headers=[("Content-Encoding", "gzip")])

    _repeated(server, http_client, request, PLAIN, tmp_path)


def test_the_command_reads_no_file_that_its_body_or_a_header_seems_to_name(
    server: RawServer, http_client: HttpClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_text("not to be sent", "utf-8")

    for content in (b"@secret", b"@-", b"<secret", b"=@secret", b"a@secret"):
        request = _target(server, http_client).request(content, headers=[("X-File", "@secret")])
        _repeated(server, http_client, request, PLAIN, tmp_path)


CHOSEN = (
    *("token.header-wins", "token.query-decoded", "token.compared-whole", "token.authorization-is-no-source"),
    *("token.cookie-is-no-source", "token.body-is-no-source", "token.surrounding-space"),
    *("batch.empty-refused", "batch.not-json-refused", "batch.body-not-an-object-refused", "cors.vary"),
)


def test_every_command_of_a_run_sends_byte_for_byte_what_the_run_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("BEACON_")]:
        monkeypatch.delenv(name)
    with RawServer() as echo:
        options = [f"--target={echo.url}", f"--token={ODD}", f"--report-dir={tmp_path}"]
        options += ["--origin=https://shop.example", "--timeout=30", "-p", "no:html", "-p", "no:junitxml"]
        run(*options, *(f"--requirement={name}" for name in CHOSEN))
        sent = {(tuple(_lines(raw)), body_of(raw)) for raw in echo.received}
        commands = {
            evidence["repeat"]
            for requirement in read(tmp_path / "results.json")["requirements"]
            for finding in requirement["findings"]
            for evidence in finding["evidence"]
            if evidence.get("repeat")
        }
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "BEACON_TOKEN": ODD}
        for command in sorted(commands):
            done = _in_a_shell(command, environment)
            raw = echo.received[-1]

            assert (done.returncode, done.stderr) == (0, b""), command
            assert (tuple(_lines(raw)), body_of(raw)) in sent, command

    assert len(commands) > 20
