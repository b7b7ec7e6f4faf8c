"""``--wait``: a run waits for a target that is still starting."""

import socket
import threading
from dataclasses import replace

import pytest

from conformance import reference
from conformance.doctor import StepResult
from tests.support.doctor_runs import SETTINGS, examined, step_of
from tests.support.raw_servers import NULL, RawServer

UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def test_a_target_that_answers_at_once_is_not_waited_for() -> None:
    with reference.Server() as server:
        run = examined(replace(SETTINGS, target=server.url, wait=30))

    assert "wait" not in {step.name for step in run.doctor}
    assert run.unreachable == ""


@pytest.mark.parametrize("gateway", [BAD_GATEWAY, UNAVAILABLE])
def test_a_gateway_without_an_application_is_asked_again(gateway: bytes) -> None:
    with RawServer(gateway, gateway, NULL) as server:
        run = examined(replace(SETTINGS, target=server.url, wait=30))

    assert step_of(run, "wait").result is StepResult.OK
    assert b'{"events":[]}' in server.received[0]
    assert run.unreachable == ""


def test_a_port_at_which_nothing_listens_yet_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = reference.Server(port=port)
    later = threading.Timer(0.6, server.start)
    later.start()
    try:
        run = examined(replace(SETTINGS, target=f"http://127.0.0.1:{port}", wait=60))
    finally:
        later.join()
        server.stop()

    assert step_of(run, "wait").result is StepResult.OK
    assert run.unreachable == ""


def test_when_the_time_is_over_the_reason_is_that_of_the_target() -> None:
    with RawServer(*[UNAVAILABLE] * 20) as server:
        run = examined(replace(SETTINGS, target=server.url, wait=0.5))

    assert step_of(run, "wait").observed.startswith("still status 503")
    assert "503" in run.unreachable


def test_without_the_option_nothing_is_waited_for() -> None:
    with RawServer(*[UNAVAILABLE] * 20) as server:
        run = examined(replace(SETTINGS, target=server.url))

    assert "wait" not in {step.name for step in run.doctor}
