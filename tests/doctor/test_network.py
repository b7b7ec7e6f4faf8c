"""The network steps of the doctor: name, connection, TLS."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from conformance.doctor import StepResult
from tests.support.doctor_runs import TARGET_AND_TOKEN, examined, results_of, step_of


def test_a_name_without_an_address_ends_the_run() -> None:
    run = examined(replace(TARGET_AND_TOKEN, target="https://no-such-host.invalid"))

    assert results_of(run) == {"name": StepResult.PROBLEM}
    assert "the name no-such-host.invalid has no address" in run.unreachable
    assert "check the host in --target" in run.unreachable
    assert run.http_client.requests == 0


def test_a_port_that_nobody_listens_at_ends_the_run() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        run = examined(replace(TARGET_AND_TOKEN, target=url))

    assert results_of(run) == {"name": StepResult.OK, "connection": StepResult.PROBLEM}
    assert "Connection refused" in run.unreachable


class _Beacon(BaseHTTPRequestHandler):
    """Takes any token."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"null")

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextlib.contextmanager
def _secured(certificate: trustme.LeafCert) -> Iterator[str]:
    """Serve by TLS, and yield the base URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Beacon) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"https://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _trust(authority: trustme.CA, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))


def test_a_certificate_of_an_unknown_authority_ends_the_run(authority: trustme.CA) -> None:
    with _secured(authority.issue_cert("localhost")) as url:
        run = examined(replace(TARGET_AND_TOKEN, target=url))

    assert results_of(run) == {"name": StepResult.OK, "connection": StepResult.OK, "TLS": StepResult.PROBLEM}
    assert "is not trusted (" in run.unreachable
    assert "SSL_CERT_FILE" in run.unreachable
    assert run.http_client.requests == 0


def test_a_certificate_of_another_host_ends_the_run(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _trust(authority, tmp_path, monkeypatch)
    with _secured(authority.issue_cert("staging.example")) as url:
        run = examined(replace(TARGET_AND_TOKEN, target=url))

    assert "certificate is not valid for 'localhost'" in run.unreachable


def test_the_environment_can_name_another_certificate_authority(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _trust(authority, tmp_path, monkeypatch)
    with _secured(authority.issue_cert("localhost")) as url:
        run = examined(replace(TARGET_AND_TOKEN, target=url))

    assert step_of(run, "TLS").observed.startswith("TLSv1.3")
    assert step_of(run, "/beacon").result is StepResult.OK


def test_plain_http_behind_an_https_url_ends_the_run() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        run = examined(replace(TARGET_AND_TOKEN, target=f"https://127.0.0.1:{listener.getsockname()[1]}"))
        thread.join()

    assert results_of(run)["TLS"] is StepResult.PROBLEM
    assert "write http://" in run.unreachable
