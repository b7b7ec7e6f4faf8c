"""A run uses no proxy but the one of ``--proxy``, and sends everything through it."""

import socket
import ssl
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from conformance import reference, results
from conformance.client import HttpClient, NoReply, Request
from conformance.requirements import batch, robustness, token
from conformance.results.verdicts import Verdict
from tests.support.cli_process import ended, environment, start
from tests.support.proxy import HOST, proxy_to
from tests.support.runs import run

ASKED = (batch.INGESTS_ALL, token.HEADER_ACCEPTED, robustness.SECOND_OPINION)
SOME = ["--effort=quick", *(f"--requirement={one.id}" for one in ASKED)]
BODY = b"{}"
SEEN = {Verdict.HELD, Verdict.OBSERVED}


def _verdicts(folder: Path) -> dict[str, str]:
    ids = {one.id for one in ASKED}
    found = results.read(folder / "results.json")["requirements"]
    return {item["id"]: item["verdict"] for item in found if item["id"] in ids}


def test_a_run_takes_no_proxy_from_the_environment(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"), nowhere)
    with reference.Server(delay=0.005) as server:
        options = [f"--target={server.url}", f"--token={reference.TOKEN}", f"--observer={server.observer}"]
        _, output = ended(start(["run", *options, *SOME], tmp_path, environment(tmp_path, proxies)))

    assert set(_verdicts(tmp_path / "reports").values()) == SEEN, output


def test_a_whole_run_goes_through_the_given_proxy(tmp_path: Path) -> None:
    with reference.Server(delay=0.005) as server, proxy_to(urlsplit(server.url).port or 0) as proxy:
        options = [f"--target=http://{HOST}", f"--token={reference.TOKEN}", f"--proxy={proxy.url}"]
        observer = server.observer.replace(server.url, f"http://{HOST}")
        _, output = run(
            *options, f"--observer={observer}", f"--report-dir={tmp_path}", "--max-rate=1000", *SOME
        )

    assert set(_verdicts(tmp_path).values()) == SEEN, output
    sent = [line for line in proxy.lines if line.startswith(f"POST http://{HOST}/beacon")]
    assert len(sent) == results.read(tmp_path / "results.json")["run"]["requests"]
    assert any(line.startswith("GET ") for line in proxy.lines)


def test_a_proxy_that_is_not_there_ends_the_run_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        options = [
            f"--target=http://{HOST}",
            "--token=example-token",
            f"--proxy={url}",
            f"--report-dir={tmp_path}",
        ]
        status, output = run(*options)

    assert status == 6
    assert "check the port in --proxy" in results.read(tmp_path / "results.json")["run"]["unreachable"], (
        output
    )


def _answers_in_tls(listening: socket.socket, context: ssl.SSLContext, heads: list[bytes]) -> None:
    """Answer one CONNECT, and then act as the requested host."""
    connection, _ = listening.accept()
    with connection:
        heads.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as secured:
            sent = b""
            while not sent.endswith(BODY):
                sent += secured.recv(65_536)
            heads.append(sent)
            secured.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nnull")


def test_https_goes_through_a_proxy_s_tunnel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=_answers_in_tls, args=(listening, context, heads))
        serving.start()
        http_client = HttpClient(10, proxy=f"http://127.0.0.1:{listening.getsockname()[1]}")
        outcome = http_client.send(Request("POST", f"https://{HOST}/beacon", (), BODY)).outcome
        http_client.close()
        serving.join()

    assert not isinstance(outcome, NoReply), outcome
    assert outcome.status == 201
    assert [head.split(b"\r\n")[0] for head in heads] == [
        f"CONNECT {HOST}:443 HTTP/1.1".encode(),
        b"POST /beacon HTTP/1.1",
    ]
