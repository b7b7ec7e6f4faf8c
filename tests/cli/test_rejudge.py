"""A recorded run is judged again: the same results without network and token, or the place of the first difference."""

import base64
import gzip
import json
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from conformance import __version__, reference
from conformance.cli import main as command
from conformance.evidence.recording import NAME
from conformance.requirements import batch, browser, token
from conformance.results.checksum import sealed
from conformance.results.derivation import rederived
from conformance.results.verdicts import Verdict
from tests.support.certificates import put
from tests.support.recordings import CHOSEN, CUSTOMER, SECRETS, Troubled, edit
from tests.support.runs import judge, options_for, run

QUICK = ("--record", "--effort=quick", "--patience=2", "--connections=8")


@pytest.fixture(scope="module")
def conforming(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("conforming")
    with reference.Server() as server:
        judged = judge(server, folder, CHOSEN, *QUICK)
    assert judged.status == 6, judged.output  # only some requirements are judged
    return folder


@pytest.fixture(scope="module")
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


def rejudge(folder: Path, *more: str) -> int:
    return command(["rejudge", str(folder), *more])


def _recorded(folder: Path) -> Any:
    return json.loads(gzip.decompress((folder / NAME).read_bytes()))


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
    assert any(outcome[0] == 429 for outcome in _recorded(troubled)["outcomes"])
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


def _reply(content: Any) -> None:
    place = next(number for number, one in enumerate(content["outcomes"]) if one[0] == 422)
    content["outcomes"][place][0] = 201


def _run_id(content: Any) -> None:
    content["head"]["run"]["id"] = "00000000"


def _seed(content: Any) -> None:
    content["head"]["settings"]["seed"] += 1


def _clock(content: Any) -> None:
    assert content["entries"][-1][0] == "monotonic"
    content["entries"][-1][2] += 5


def _cut(content: Any) -> None:
    del content["entries"][-20:]


def _longer(content: Any) -> None:
    content["entries"].append(content["entries"][-1])


def _check(content: Any) -> None:
    content["head"]["checks"].pop()


def _event(content: Any) -> None:
    content["events"][-1]["session_id"] = "changed"
    content["events"][0]["session_id"] = "changed"


EDITS: dict[str, tuple[Callable[[Any], None], str]] = {
    "a reply": (_reply, ""),
    "the run's id": (_run_id, "run.id: "),
    "the seed": (_seed, "run.seed: "),
    "the clock": (_clock, "run.finished: "),
    "the end": (_cut, "the recording ends"),
    "an entry more": (_longer, "the recording has 1 more entries"),
    "a check": (_check, ""),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_recording_is_not_genuine_and_the_place_is_named(
    what: str, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, place = EDITS[what]
    edit(sent, change)

    status = rejudge(sent)

    said = capsys.readouterr().out
    assert status == 8, said
    assert said.startswith("✗ rejudged: ")
    assert place in said
    assert [said.rstrip("\n")] == said.splitlines()


def test_a_change_that_changes_no_verdict_is_found_by_the_digest(
    sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = _recorded(sent)
    content["head"]["versions"]["another"] = "1"
    (sent / NAME).write_bytes(gzip.compress(json.dumps(content).encode()))

    assert rejudge(sent) == 8
    assert "its digest does not match its content" in capsys.readouterr().out


def _results(folder: Path, change: Callable[[Any], None]) -> None:
    content = json.loads((folder / "results.json").read_text("utf-8"))
    change(content)
    (folder / "results.json").write_text(json.dumps(sealed(rederived(content))), "utf-8")


def _finding(content: Any) -> Any:
    return next(item for item in content["requirements"] if item["findings"])["findings"][0]


def _id(content: Any) -> None:
    content["run"]["id"], content["run"]["mark"] = "00000000", "conformance-00000000-"


CHANGES: dict[str, tuple[Callable[[Any], None], str]] = {
    "a finding": (lambda content: _finding(content).update(met=7), ".met: 7 in the results, "),
    "evidence": (
        lambda content: _finding(content)["evidence"][0]["reply"].update(body="forged"),
        '.reply.body: "forged" in the results, ',
    ),
    "a figure": (lambda content: content["run"].update(requests=1), "run.requests: 1 in the results, "),
    "the run's id": (_id, "run.id: "),
    "the suite": (lambda content: content["suite"].update(package="0" * 64), "suite.package: "),
}


@pytest.mark.parametrize("what", CHANGES)
def test_edited_results_are_not_genuine_and_the_place_is_named(
    what: str, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, place = CHANGES[what]
    _results(sent, change)

    status = rejudge(sent)

    said = capsys.readouterr().out
    assert status == 8, said
    assert place in said


def test_another_package_file_is_named(
    sent: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.plugin.results.package_digest", lambda: "f" * 64)

    assert rejudge(sent) == 8
    said = capsys.readouterr().out
    assert "suite.package: " in said
    assert "everything else is the same" in said


def test_a_violation_that_was_made_a_success_is_found(
    troubled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = Path(shutil.copytree(troubled, tmp_path / "forged"))

    def forge(content: Any) -> None:
        for item in content["requirements"]:
            for finding in item["findings"]:
                if finding["outcome"] == "broke":
                    finding.update(outcome="held", reason="", met=1)

    _results(forged, forge)

    assert rejudge(forged) == 8
    assert "requirements[" in capsys.readouterr().out


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


def test_the_recording_of_another_run_is_not_taken(
    troubled: Path, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(troubled / NAME, sent / NAME)

    assert rejudge(sent) == 8
    assert "✗ rejudged: run.id: " in capsys.readouterr().out


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


def test_changed_results_are_not_genuine(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = sent / "results.json"
    path.write_text(path.read_text("utf-8").replace('"verdict": "held"', '"verdict": "violated"', 1), "utf-8")

    assert rejudge(sent) == 8
    assert "was changed after it was written" in capsys.readouterr().out


@pytest.mark.parametrize("token", ["short", "aaaaaaaaaaaaaaaaaaaa", "12345", "authorization"])
@pytest.mark.usefixtures("with_network")
def test_a_token_that_cannot_be_kept_out_of_a_recording_is_refused(token: str, tmp_path: Path) -> None:
    with reference.Server() as server:
        status, output = run(
            *options_for(server), f"--token={token}", "--record", f"--report-dir={tmp_path / 'new'}"
        )

    assert status == 4, output
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("with_network")
def test_a_recording_of_several_processes_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, output = run("--record", "-n", "2", f"--report-dir={tmp_path / 'new'}")

    assert status == 4, output
    assert "--record: works in one process only; leave out -n" in output + capsys.readouterr().err


@pytest.mark.usefixtures("with_network")
def test_a_run_without_record_removes_an_earlier_recording(conforming: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(conforming, tmp_path / "again"))
    with reference.Server() as server:
        judge(server, folder, CHOSEN[:1], "--effort=quick")

    assert not (folder / NAME).exists()


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
    edit(sent, _clock)

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
    with reference.Server() as server:
        absent = f"--observer={server.url}/no-such-path?token={{token}}"
        judged = judge(server, tmp_path, (token.HEADER_WINS, batch.INGESTS_ALL), *QUICK[:2], absent)
    assert judged.verdict(batch.INGESTS_ALL) is Verdict.NOT_JUDGED, judged.output
    assert "status 404 instead of 200: nothing is there" in judged.output
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


@pytest.mark.usefixtures("with_network")
def test_a_run_that_was_stopped_before_its_end_leaves_no_recording_and_says_so(tmp_path: Path) -> None:
    with reference.Server(Troubled) as server:
        judged = judge(server, tmp_path, CHOSEN, *QUICK, "-x")

    assert "recording: none was written, because the run was stopped before its end" in judged.output
    assert not (tmp_path / NAME).exists()
