"""A run with any kind of read-back, behind a gate, or of high effort is the same again from its recording."""

import base64
import gzip
import socket
from pathlib import Path

import pytest

from conformance import reference
from conformance.evidence.recording import NAME
from conformance.requirements import batch, enrichment, events, token
from conformance.results.verdicts import Verdict
from tests.support import observer_kinds as kinds
from tests.support.nginx import HOST, PASSWORD, USER, gate_before
from tests.support.pipelines import delivering
from tests.support.recordings import QUICK, rejudge
from tests.support.runs import judge, run

pytestmark = pytest.mark.usefixtures("with_network")
CHOSEN = (
    token.HEADER_NAMES_THE_STORE,
    batch.INGESTS_ALL,
    events.UNKNOWN_TYPE_SKIPPED,
    enrichment.CHANNEL_WEB,
)
"""Requirements that need read-back, one with two stores and one that waits for what must not be stored."""


@pytest.mark.parametrize("kind", kinds.IN_A_FOLDER)
def test_a_run_with_any_kind_of_read_back_is_the_same_again(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent, place = tmp_path / "sent", tmp_path / "place"
    place.mkdir()
    with (
        kinds.IN_A_FOLDER[kind](place) as (spec, deliver),
        reference.Server(delivering(deliver), delay=0.005) as server,
    ):
        judged = judge(server, sent, CHOSEN, *QUICK, f"--observer={spec}")
    assert {judged.verdict(one) for one in CHOSEN} == {Verdict.HELD}, judged.output
    place.rename(tmp_path / "gone")
    _expect_the_same(sent, monkeypatch, capsys)


def test_a_run_with_large_readings_is_the_same_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("conformance.ingestion.observers.shared.LARGE", 5)
    with reference.Server() as server:
        judged = judge(server, tmp_path, CHOSEN, *QUICK)
    assert {judged.verdict(one) for one in CHOSEN} == {Verdict.HELD}, judged.output
    _expect_the_same(tmp_path, monkeypatch, capsys)


def test_a_run_behind_a_gate_is_the_same_again_without_what_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    credentials = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    sent, place = tmp_path / "sent", tmp_path / "place"
    place.mkdir()
    with reference.Server() as server, gate_before(server.url, place) as gate:
        _, output = run(
            f"--target=https://{HOST}",
            f"--token={reference.TOKEN}",
            f"--headers=Authorization: Basic {credentials}",
            f"--ca-file={gate.ca_file}",
            f"--client-cert={gate.client_cert}",
            f"--connect-to=127.0.0.1:{gate.port}",
            f"--requirement={token.UNKNOWN_HEADER_REFUSED.id}",
            f"--report-dir={sent}",
            *("--max-rate=1000", *QUICK),
        )
    assert "1 held" in output
    text = gzip.decompress((sent / NAME).read_bytes()).decode()
    assert [secret for secret in (credentials, PASSWORD, str(place)) if secret in text] == []
    place.rename(tmp_path / "gone")
    _expect_the_same(sent, monkeypatch, capsys)


def test_a_thorough_run_is_the_same_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with reference.Server() as server:
        judged = judge(server, tmp_path, (*CHOSEN, batch.ACCEPTS_1_TO_100), "--record", "--effort=thorough")
    assert judged.verdict(batch.ACCEPTS_1_TO_100) is Verdict.HELD, judged.output
    _expect_the_same(tmp_path, monkeypatch, capsys)


def _expect_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(socket.socket, "connect", None)
    capsys.readouterr()
    status = rejudge(folder)
    said = capsys.readouterr().out

    assert status == 1, said  # the same, and not conformant: only some requirements are judged
    assert said.startswith("✓ rejudged: the same results from ")
