"""Two recorded runs, and no network for the tests that judge them again."""

import shutil
import socket
from pathlib import Path

import pytest

from conformance import reference
from conformance.evidence.recording import NAME
from tests.support.recordings import CHOSEN, QUICK, Troubled
from tests.support.runs import judge


@pytest.fixture(scope="session")
def conforming(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("conforming")
    with reference.Server() as server:
        judged = judge(server, folder, CHOSEN, *QUICK)
    assert judged.status == 6, judged.output  # only some requirements are judged
    return folder


@pytest.fixture(scope="session")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("troubled")
    with reference.Server(Troubled) as server:
        judged = judge(server, folder, CHOSEN, *QUICK)
    assert judged.status == 1, judged.output
    assert (folder / NAME).exists(), judged.output
    return folder


@pytest.fixture
def sent(conforming: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(conforming, tmp_path / "sent"))


@pytest.fixture
def with_network() -> None:
    """Let a test use the network, because it judges a target."""


@pytest.fixture(autouse=True)
def no_network(
    conforming: Path, troubled: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let nothing be connected while a test runs, after both runs were recorded."""
    assert conforming != troubled

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    if "with_network" not in request.fixturenames:
        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
