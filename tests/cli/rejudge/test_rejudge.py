"""A recorded run is judged again: the same results without network and token."""

import base64
import gzip
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from conformance import __version__, reference
from conformance.evidence.recording import NAME
from conformance.requirements import batch, browser, token
from conformance.results.verdicts import Verdict
from tests.support.browser import EXECUTABLE
from tests.support.raw_servers import RawServer
from tests.support.recordings import CUSTOMER, QUICK, SECRETS, edit, recorded, rejudge
from tests.support.runs import judge


@pytest.mark.parametrize("kind", ["conforming", "troubled"])
def test_a_recorded_run_is_judged_again_byte_for_byte_without_network(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder: Path = request.getfixturevalue(kind)

    status = rejudge(folder, f"--report-dir={tmp_path}")

    said = capsys.readouterr().out
    assert status == 1, said  # the same, and not conformant: only some requirements are judged
    assert said.startswith("✓ rejudged: the same results from ")
    for name in ("results.json", "compliance.html", "junit.xml", "summary.md"):
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_troubled_target_is_throttling_and_violates_something(troubled: Path) -> None:
    content = json.loads((troubled / "results.json").read_text("utf-8"))

    assert content["run"]["timeline"]["replies"].keys() >= {"2xx", "4xx"}
    assert any(outcome[0] == 429 for outcome in recorded(troubled)["outcomes"])
    assert content["verdict"] == "non-conformant"


def _forms(secret: str) -> Iterator[str]:
    yield from (
        secret,
        quote(secret, safe=""),
        secret[::-1],
        secret.encode().hex(),
        secret[:10],
        secret[-10:],
    )
    for before in range(3):
        yield base64.b64encode(b"x" * before + secret.encode()).decode()[4:-4]


@pytest.mark.parametrize("kind", ["conforming", "troubled"])
def test_a_recording_has_no_token_no_observer_and_no_event_of_others(
    kind: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(kind)
    text = gzip.decompress((folder / NAME).read_bytes()).decode().lower()

    assert [form for secret in SECRETS for form in _forms(secret) if form.lower() in text] == []
    assert "/events" not in text.replace('"events"', "")
    assert CUSTOMER not in text
    assert "s-77" not in text
    assert "of-jane" not in text


@pytest.mark.skipif(EXECUTABLE is None, reason="Chromium is not installed: apt-get install chromium")
@pytest.mark.usefixtures("with_network")
def test_visits_of_a_browser_are_not_in_a_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = (token.HEADER_WINS, batch.INGESTS_ALL, browser.BEACON_DELIVERED)
    with reference.Server() as server:
        judged = judge(server, tmp_path / "sent", chosen, *QUICK, "--browser=auto")
    assert judged.verdict(browser.BEACON_DELIVERED) is Verdict.HELD, judged.output
    monkeypatch.setattr(socket.socket, "connect", None)
    capsys.readouterr()

    assert rejudge(tmp_path / "sent", f"--report-dir={tmp_path / 'again'}") == 1
    assert "; class browser is not in the recording" in capsys.readouterr().out
    again = json.loads((tmp_path / "again" / "results.json").read_text("utf-8"))
    found = next(item for item in again["requirements"] if item["id"] == browser.BEACON_DELIVERED.id)
    assert found["verdict"] == "not-judged"
    assert found["reason"].startswith("not in the recording")


@pytest.mark.usefixtures("with_network")
def test_a_wait_that_ended_early_because_the_observer_refuses_is_the_same_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
    with reference.Server() as server, RawServer(*[refusal] * 400) as observer:
        refuses = f"--observer={observer.url}/events?token={{token}}"
        judged = judge(
            server, tmp_path, (token.HEADER_WINS, batch.INGESTS_ALL), *QUICK[:2], refuses, "--patience=600"
        )
    assert judged.verdict(batch.INGESTS_ALL) is Verdict.NOT_JUDGED, judged.output
    assert "status 401 instead of 200: the endpoint refuses the request" in judged.output
    monkeypatch.setattr(socket.socket, "connect", None)
    capsys.readouterr()

    assert rejudge(tmp_path) == 1, capsys.readouterr().out


@pytest.mark.usefixtures("with_network")
def test_a_run_that_would_have_waited_for_its_target_is_the_same_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with reference.Server() as server:
        judge(server, tmp_path, (token.HEADER_WINS,), *QUICK, "--wait=5")
    monkeypatch.setattr(socket.socket, "connect", None)
    capsys.readouterr()

    assert rejudge(tmp_path) == 1, capsys.readouterr().out


@pytest.mark.parametrize("name", ["hypothesis", "schemathesis"])
def test_other_versions_of_what_generates_are_named_with_the_command(
    name: str, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def change(content: Any) -> None:
        content["head"]["versions"][name] = "1.2.3"

    edit(sent, change)

    assert rejudge(sent) == 6
    assert f"pip install {name}==1.2.3" in capsys.readouterr().out


def test_another_version_of_the_suite_is_named_with_the_command(
    sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def change(content: Any) -> None:
        content["head"]["suite"]["version"] = "9.9.9"

    edit(sent, change)

    assert rejudge(sent) == 6
    assert "pip install beacon-conformance==9.9.9" in capsys.readouterr().out
    assert __version__ != "9.9.9"


def test_a_debugger_stops_at_a_violation_of_a_recorded_run(
    troubled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[str] = []
    monkeypatch.setattr("_pytest.debugging.post_mortem", lambda _: stopped.append("here"))

    assert rejudge(troubled, "--pdb") == 1
    assert stopped
    assert "✓ rejudged: the same results" in capsys.readouterr().out


BAD: dict[str, tuple[bytes, str]] = {
    "cut": (b"", "was it cut?"),
    "no gzip": (b"hello", "is not a complete gzip file"),
    "no JSON": (gzip.compress(b"hello"), "is not a complete JSON file"),
    "another format": (gzip.compress(b'{"format": 99}'), "has format 99; this version reads format 1"),
    "an array": (gzip.compress(b"[]"), "has format None"),
    "deep": (gzip.compress(b"[" * 300_000), "is not a complete JSON file"),
    "100 MB of JSON": (gzip.compress(b'{"a": "' + b" " * (100 << 20) + b'"}', 1), "when it is unpacked"),
    "a bomb": (gzip.compress(b"\0" * (300 << 20), 1), "when it is unpacked"),
    "large": (b"\0" * (25 << 20), "has more than"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_recording_is_a_usage_error_in_one_line_and_nothing_is_written(
    kind: str, sent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, why = BAD[kind]
    whole = (sent / NAME).read_bytes()
    (sent / NAME).write_bytes(whole[: len(whole) // 2] if kind == "cut" else content)

    status = rejudge(sent, f"--report-dir={tmp_path / 'again'}")

    said = capsys.readouterr()
    assert (status, said.out) == (4, "")
    assert why in said.err
    assert [said.err.rstrip("\n")] == said.err.splitlines()
    assert not (tmp_path / "again").exists()


def test_a_folder_without_a_recording_is_a_usage_error(
    sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sent / NAME).unlink()

    assert rejudge(sent) == 4
    assert f"{NAME}: cannot be read (No such file or directory)" in capsys.readouterr().err
