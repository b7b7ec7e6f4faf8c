"""Runs through broken networks: each gets the right message, nothing is violated, and nothing unseen is held."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from conformance import reference, results
from conformance.requirements import ALL, batch, cors, enrichment, events, response, robustness, token
from conformance.results.verdicts import Verdict
from tests.support.faulty_networks import (
    Fault,
    Relay,
    after,
    closing,
    desynchronised,
    dripping,
    garbling,
    page,
    resetting,
    silent,
    sometimes,
    truncating,
)
from tests.support.raw_servers import RawServer
from tests.support.runs import SUITE, options_for, run

SOME = (
    *(token.HEADER_ACCEPTED, token.HEADER_WINS, token.MISSING_REFUSED, token.UNKNOWN_QUERY_REFUSED),
    *(batch.ACCEPTS_1_TO_100, batch.OVER_100_REFUSED, batch.EMPTY_REFUSED, batch.INGESTS_ALL),
    *(response.CREATED, response.NULL_OR_EMPTY, response.UNAUTHENTICATED_BODY, response.ERRORS_BODY),
    *(events.ANY_MIX, events.TIMESTAMP_REQUIRED, events.NEIGHBOURS_INGESTED, enrichment.FIELDS_KEPT),
    *(cors.ACCEPTED_ORIGIN, cors.BEACON_PREFLIGHT_STATUS, robustness.ALWAYS_ANSWERS),
)
"""Requirements of every chapter and class."""
DECIDED = {Verdict.HELD, Verdict.VIOLATED, Verdict.WARNED}


@dataclass(frozen=True)
class Broken:
    """A network, and the outcome of a run through it."""

    fault: Fault
    says: str
    """A part of the run's output."""
    status: int = 6
    meets: Callable[[int], bool] = lambda _: True


HALF = 20
"""Requests after which a network breaks in the middle of a run."""
PAGE = "the answer is not from /beacon (status {}, an HTML page"

NETWORKS = {
    "never-answers": Broken(silent, "no reply (timeout: ReadTimeout: "),
    "drips": Broken(dripping, "no reply (timeout: ReadTimeout: "),
    "resets-after-the-headers": Broken(
        resetting, "the target ends connections: look into the log of the gateway"
    ),
    "closes-without-an-answer": Broken(
        closing, "the target ends connections: look into the log of the gateway"
    ),
    "promises-more-than-comes": Broken(
        truncating, "the target ends connections: look into the log of the gateway"
    ),
    "is-no-http": Broken(garbling, "the reply is not HTTP/1.1: check the port and the scheme in --target"),
    "gateway-200": Broken(page("200 OK"), PAGE.format(200)),
    "gateway-403": Broken(page("403 Forbidden"), PAGE.format(403)),
    "gateway-502": Broken(page("502 Bad Gateway"), PAGE.format(502)),
    "throttles": Broken(page("429 Too Many Requests"), PAGE.format(429)),
    "throttles-for-an-hour": Broken(page("429 Too Many Requests", "Retry-After: 3600"), PAGE.format(429)),
    "is-unavailable": Broken(page("503 Service Unavailable"), PAGE.format(503)),
    "redirects": Broken(page("301 Moved", "Location: https://elsewhere.example/"), PAGE.format(301)),
    "falls-silent": Broken(silent, "no reply (timeout", meets=after(HALF)),
    "dies-at-half-time": Broken(closing, "no reply (closed", meets=after(HALF)),
    "throttles-at-half-time": Broken(
        page("429 Too Many Requests"), "the target throttles (429)", meets=after(HALF)
    ),
    "storms-at-half-time": Broken(
        page("503 Service Unavailable"), "the target throttles or is unavailable (503)", meets=after(HALF)
    ),
    "gateway-at-half-time": Broken(page("502 Bad Gateway"), "a gateway answered (502)", meets=after(HALF)),
    "loses-every-third-at-random": Broken(closing, "no reply (closed", meets=sometimes(0.3)),
    "garbles-every-third-at-random": Broken(garbling, "no reply (garbled", meets=sometimes(0.3)),
}


def _judge(url: str, server: reference.Server, directory: Path, *more: str) -> tuple[int, str, Any]:
    options = [option for option in options_for(server) if not option.startswith(("--target", "--timeout"))]
    chosen = [f"--requirement={one.id}" for one in SOME]
    quiet = ("-p", "no:html", "-p", "no:junitxml", f"--ignore={SUITE / 'test_openapi.py'}", "--effort=quick")
    status, output = run(
        f"--target={url}", *options, "--timeout=1", f"--report-dir={directory}", *quiet, *chosen, *more
    )
    return status, output, results.read(directory / "results.json")


def _expect_no_word_without_an_answer(found: Any) -> None:
    """Expect every requirement to have a verdict, and every decision to rest on replies."""
    assert len(found["requirements"]) == len(ALL)
    for item in found["requirements"]:
        for finding in item["findings"]:
            if finding["verdict"] in DECIDED:
                assert finding["evidence"], finding["check"]
                assert all("line" in record["reply"] for record in finding["evidence"]), finding["check"]


@pytest.mark.parametrize("broken", NETWORKS.values(), ids=NETWORKS.keys())
def test_a_broken_network_is_named_and_causes_no_violation(broken: Broken, tmp_path: Path) -> None:
    with reference.Server() as server, RawServer(Relay(server, broken.fault, broken.meets)) as http_client:
        status, output, found = _judge(http_client.url, server, tmp_path)

    assert status == broken.status, output
    assert broken.says in " ".join(output.split()), output
    _expect_no_word_without_an_answer(found)
    assert not [item["id"] for item in found["requirements"] if item["verdict"] in {"violated", "warned"}], (
        output
    )


def test_a_port_without_a_server_is_unreachable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with reference.Server() as server:
        status, output, found = _judge(url, server, tmp_path)

    assert status == 6
    assert "was not judged: no connection to 127.0.0.1" in " ".join(output.split())
    assert {item["verdict"] for item in found["requirements"]} == {"not-judged"}


def test_a_port_that_closes_midway_leaves_what_was_judged(tmp_path: Path) -> None:
    with reference.Server() as server:
        relay = Relay(server, closing, after(HALF))

        def until_closed(http_client: RawServer, connection: socket.socket) -> None:
            if relay.meets(len(http_client.received)):
                http_client.stop_listening()
            relay(http_client, connection)

        with RawServer(until_closed) as http_client:
            status, output, found = _judge(http_client.url, server, tmp_path)

    assert status == 6
    assert "no reply (unreachable" in " ".join(output.split()), output
    assert "held" in {item["verdict"] for item in found["requirements"]}
    _expect_no_word_without_an_answer(found)


def test_an_untrusted_certificate_is_named(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with reference.Server() as server, RawServer(context=context) as http_client:
        status, output, _ = _judge(http_client.url, server, tmp_path)

    assert status == 6
    assert "is not trusted (unable to get local issuer certificate)" in " ".join(output.split())


def test_a_keep_alive_desync_causes_no_violation(tmp_path: Path) -> None:
    with reference.Server() as server, RawServer(Relay(server, desynchronised)) as http_client:
        status, output, found = _judge(http_client.url, server, tmp_path)

    assert status in {0, 6}, output
    _expect_no_word_without_an_answer(found)
    assert not [item["id"] for item in found["requirements"] if item["verdict"] == "violated"], output


def test_a_run_waits_for_a_throttling_target_that_sends_retry_after(tmp_path: Path) -> None:
    throttles = page("429 Too Many Requests", "Retry-After: 0")
    with (
        reference.Server() as server,
        RawServer(Relay(server, throttles, lambda number: number % 20 == 0)) as http_client,
    ):
        status, output, found = _judge(http_client.url, server, tmp_path)

    assert status == 6, output  # what was not selected is not judged
    assert {item["verdict"] for item in found["requirements"] if item["findings"]} == {"held"}, output


BODIES = {
    "10-mb": b'{"a": "' + b"x" * 10_000_000 + b'"}',
    "invalid-utf-8": b'\xff\xfe\x00{"\xc3\x28": 1}',
}


@pytest.mark.parametrize("content", BODIES.values(), ids=BODIES.keys())
def test_an_unusual_body_is_judged_as_it_is(content: bytes, tmp_path: Path) -> None:
    odd = page("201 Created", "Content-Type: application/json", "X-Odd: \xff\xfe\x80", body=content)
    with reference.Server() as server, RawServer(Relay(server, odd)) as http_client:
        status, output, found = _judge(http_client.url, server, tmp_path)

    verdicts = {item["id"]: item["verdict"] for item in found["requirements"]}
    assert status == 1, output
    assert verdicts[response.NULL_OR_EMPTY.id] == "violated"
    _expect_no_word_without_an_answer(found)


def test_a_body_without_an_end_is_cut_and_judged(tmp_path: Path) -> None:
    def endless(_relay: Relay, server: RawServer, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n")
        while not server.closing.is_set():
            connection.sendall(b"[" * (1 << 16))

    with reference.Server() as server, RawServer(Relay(server, endless)) as http_client:
        status, output, found = _judge(http_client.url, server, tmp_path)

    assert status == 1, output
    _expect_no_word_without_an_answer(found)


READ_BACK = {
    "hangs": (silent, "read-back does not work: no reply (timeout)"),
    "is-nonsense": (page("200 OK", body=b"\x00\x01nonsense"), "read-back does not work:"),
    "is-a-page": (page("200 OK"), "read-back does not work:"),
    "is-refused": (
        page("403 Forbidden"),
        "read-back does not work: status 403, an HTML page, instead of 200: the endpoint refuses the request",
    ),
    "is-empty": (
        page("200 OK", "Content-Type: application/json", body=b"[]"),
        "read-back does not work: no sentinel event became visible",
    ),
}


@pytest.mark.parametrize(("fault", "says"), READ_BACK.values(), ids=READ_BACK.keys())
def test_a_broken_read_back_leaves_ingestion_not_judged_for_one_reason(
    fault: Fault, says: str, tmp_path: Path
) -> None:
    with reference.Server() as server, RawServer(Relay(server, fault)) as http_client:
        observer = f"--observer={http_client.url}/{{token}}"
        status, output, found = _judge(server.url, server, tmp_path, observer, "--patience=1")

    reasons = {
        item["reason"] for item in found["requirements"] if item["findings"] and item["class"] == "ingestion"
    }
    assert status == 6, output
    assert len(reasons) == 1
    assert says in reasons.pop()
    assert {
        item["verdict"] for item in found["requirements"] if item["findings"] and item["class"] == "http"
    } == {"held"}


def test_a_run_waits_for_a_slow_read_back(tmp_path: Path) -> None:
    with reference.Server(delay=0.8) as server:
        _, output, found = _judge(server.url, server, tmp_path)

    assert {item["verdict"] for item in found["requirements"] if item["findings"]} == {"held"}, output


def test_a_read_back_that_sometimes_fails_is_asked_again(tmp_path: Path) -> None:
    with (
        reference.Server() as server,
        RawServer(Relay(server, page("500 Oops"), lambda number: number % 3 == 0)) as http_client,
    ):
        behind = server.observer.removeprefix(server.url)
        _, output, found = _judge(server.url, server, tmp_path, f"--observer={http_client.url}{behind}")

    assert {item["verdict"] for item in found["requirements"] if item["findings"]} == {"held"}, output
