"""A certificate names a recording, and verify judges it again."""

import base64
import json
from pathlib import Path

import pytest

from conformance.cli import main as command
from conformance.evidence.recording import NAME
from tests.support.certificates import put
from tests.support.recordings import edit, set_clock


def test_the_certificate_room_names_the_same_file() -> None:
    from conformance.certificate import statement  # noqa: PLC0415 - an extra

    assert statement.RECORDING == NAME


def _certified(folder: Path) -> Path:
    """Sign the results and the recording in a folder."""
    beside = folder.parent
    put(beside, json.loads((folder / "results.json").read_text("utf-8")), name="beside")
    assert (
        command(
            [
                "attest",
                str(folder),
                f"--key={beside / 'acme.pem'}",
                f"--implementation={beside / 'acme.toml'}",
            ]
        )
        == 0
    )
    return beside / "acme.pub"


def _verified(folder: Path, trust: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    capsys.readouterr()
    status = command(["verify", str(folder), f"--trust={trust}"])
    lines = capsys.readouterr().out.splitlines()
    return status, {line[2:12].strip(): line for line in lines}


def test_a_certificate_names_the_recording_and_verify_judges_it_again(
    sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = _certified(sent)

    _, lines = _verified(sent, trust, capsys)

    assert lines["signed by"].startswith("✓")
    assert lines["rejudged"].startswith("✓ rejudged   the same results from ")
    statement = json.loads(
        base64.b64decode(json.loads((sent / "certificate.json").read_text("utf-8"))["payload"])
    )
    assert [one["name"] for one in statement["subject"]] == ["results.json", NAME]


def test_a_recording_that_was_edited_after_it_was_signed_fails_twice(
    sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = _certified(sent)
    edit(sent, set_clock)

    status, lines = _verified(sent, trust, capsys)

    assert status == 8
    assert lines["signed by"] == f"✗ signed by  the certificate names another {NAME}: the digests differ"
    assert lines["rejudged"].startswith("✗ rejudged   not the same: run.finished: ")


def test_an_envelope_of_other_results_is_not_genuine(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust = _certified(sent)
    path = sent / "certificate.json"
    envelope = json.loads(path.read_text("utf-8"))
    payload = base64.b64decode(envelope["payload"]).replace(b'"sha256":"', b'"sha256":"0', 1)
    path.write_text(json.dumps({**envelope, "payload": base64.b64encode(payload).decode()}), "utf-8")

    status, lines = _verified(sent, trust, capsys)

    assert status == 8
    assert lines["signed by"].startswith("✗")
    assert lines["rejudged"].startswith("✓")


def test_a_recording_that_the_certificate_names_and_nobody_sent_is_asked_for(
    sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = _certified(sent)
    (sent / NAME).unlink()

    status, lines = _verified(sent, trust, capsys)

    assert status in {1, 8}  # 8 because only some requirements were judged
    assert lines["rejudged"].startswith(
        "✗ rejudged   the certificate names a recording, and the folder has none"
    )


def test_a_cut_recording_is_a_usage_error_of_verify(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust = _certified(sent)
    (sent / NAME).write_bytes((sent / NAME).read_bytes()[:5000])
    capsys.readouterr()

    assert command(["verify", str(sent), f"--trust={trust}"]) == 4
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)
    assert "was it cut?" in said.err
