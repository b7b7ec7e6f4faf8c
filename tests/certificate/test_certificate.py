"""A certificate: made by attest, checked by verify, by OpenSSL and by another implementation of DSSE."""

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.dsse import Envelope as ForeignEnvelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer._key import SSlibKey

from conformance.certificate.envelope import Envelope, Signature
from conformance.certificate.statement import EXTENSION, PREDICATE_TYPE
from conformance.cli import main as command
from conformance.results import Results, compose
from conformance.results.checksum import sealed
from conformance.results.derivation import rederived
from conformance.results.package import package_digest
from tests.support.certificates import (
    A_SHOULD,
    CHALLENGE,
    FACTS,
    IMPLEMENTATION,
    KEY,
    PUBLIC,
    conformant,
    findings,
    put,
)

TODAY = "--today=2026-11-27"


def attest(sent: Path) -> int:
    return command(
        [
            "attest",
            str(sent),
            f"--key={sent.parent / 'acme.pem'}",
            f"--implementation={sent.parent / 'acme.toml'}",
        ]
    )


def verify(sent: Path, *more: str) -> int:
    return command(["verify", str(sent), f"--trust={sent.parent / 'acme.pub'}", TODAY, *more])


@pytest.fixture
def sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    sent = put(tmp_path, conformant())
    assert attest(sent) == 0
    capsys.readouterr()
    return sent


def _statement(sent: Path) -> Any:
    return json.loads(base64.b64decode(json.loads((sent / "certificate.json").read_text("utf-8"))["payload"]))


def test_a_certificate_of_a_conformant_run_holds(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = verify(
        sent,
        f"--challenge={CHALLENGE}",
        "--set=2026-11",
        "--max-age=90d",
        f"--target={FACTS.target}",
        "--require=stores",
    )

    lines = capsys.readouterr().out.splitlines()
    assert status == 0, lines
    assert [line.split()[0] for line in lines[:-1]] == ["✓", "✓", "·", "✓", "·", "✓", "✓", "✓", "✓"]
    assert lines[1] == "✓ signed by  acme.pub, for Acme edge-beacon 2.4.1"
    assert lines[-1].startswith("Not shown: that the findings are what the target answered")


def test_what_is_not_asked_for_is_said_not_to_be_asked_for(
    sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(sent) == 0

    said = capsys.readouterr().out
    assert "· challenge  not asked" in said
    assert f"· target     not asked; the results name {FACTS.target}" in said
    assert "· age        not asked; the run ended on 2026-11-20, 7 days ago" in said
    assert "that the run was made for you" in said


def test_a_statement_names_the_results_the_set_the_suite_and_every_requirement(sent: Path) -> None:
    statement = _statement(sent)
    predicate = statement["predicate"]
    named = [*predicate["passedTests"], *predicate["warnedTests"], *predicate["failedTests"]]

    assert statement["predicateType"] == PREDICATE_TYPE
    assert [one["name"] for one in statement["subject"]] == ["results.json"]
    assert predicate["result"] == "PASSED"
    assert [one["name"] for one in predicate["configuration"]] == ["requirements", "suite", "openapi"]
    assert "token.header-accepted" in named
    assert predicate[EXTENSION]["implementation"] == IMPLEMENTATION
    assert all(name.startswith("browser.") for name in predicate[EXTENSION]["notJudged"])


@pytest.mark.parametrize(
    ("results", "result", "status"),
    [
        (compose(FACTS, findings(A_SHOULD)), "WARNED", 0),
        (compose(FACTS, findings("token.header-wins")), "FAILED", 1),
        (compose(FACTS, findings()[1:]), "FAILED", 1),
        (conformant(effort="quick"), "PASSED", 1),
    ],
    ids=["warned", "violated", "not-fully-verified", "quick"],
)
def test_a_result_that_is_not_passed_is_said(
    results: Results, result: str, status: int, tmp_path: Path
) -> None:
    sent = put(tmp_path, results)

    assert attest(sent) == 0
    assert _statement(sent)["predicate"]["result"] == result
    assert verify(sent) == status


def test_the_digest_of_an_image_is_a_subject(tmp_path: Path) -> None:
    sent = put(tmp_path, conformant(), {**IMPLEMENTATION, "digest": f"sha256:{'a' * 64}"})
    assert attest(sent) == 0

    assert _statement(sent)["subject"][1] == {"name": "edge-beacon", "digest": {"sha256": "a" * 64}}
    assert verify(sent) == 0


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("--challenge=0000000000000000", "was not made for 0000000000000000"),
        ("--set=2027-05", "2027-05 was asked for, and the run judged by 2026-11"),
        ("--max-age=3d", "7 days ago; at most 3 were asked for"),
        ("--today=2026-11-01", "which is in the future"),
        ("--target=https://other.example", f"the results name {FACTS.target}"),
        ("--require=browser", "class browser was asked for, and is not conformant"),
    ],
)
def test_what_is_not_as_asked_for_ends_in_1(
    asked: str, says: str, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(sent, asked) == 1
    assert says in capsys.readouterr().out


def _envelope(sent: Path) -> Any:
    return json.loads((sent / "certificate.json").read_text("utf-8"))


def _with_payload(sent: Path, change: Any) -> Any:
    statement = _statement(sent)
    change(statement)
    return {**_envelope(sent), "payload": base64.b64encode(json.dumps(statement).encode()).decode()}


def _other_results(sent: Path) -> None:
    put(sent.parent, conformant(requests=413))


def _edited_finding(sent: Path) -> None:
    content = compose(FACTS, findings("token.header-wins"))
    for one in (
        one for item in content["requirements"] for one in item["findings"] if one["outcome"] == "broke"
    ):
        one.update(outcome="held", reason="")
    put(sent.parent, sealed(rederived(content)))


def _write(sent: Path, content: Any) -> None:
    (sent / "certificate.json").write_text(json.dumps(content), "utf-8")


def _forged(sent: Path) -> None:
    content = json.loads((sent / "results.json").read_text("utf-8"))
    put(sent.parent, sealed({**content, "verdict": "non-conformant"}))


NOT_GENUINE = {
    "other-results": (_other_results, "names another results.json: the digests differ"),
    "edited-finding": (_edited_finding, "names another results.json: the digests differ"),
    "forged-verdict": (_forged, "contradicts itself (verdict is non-conformant"),
    "edited-payload": (
        lambda sent: _write(sent, _with_payload(sent, lambda one: one["predicate"].update(result="FAILED"))),
        "no signature of the certificate was made by a trusted key",
    ),
    "other-type": (
        lambda sent: _write(sent, {**_envelope(sent), "payloadType": "application/json"}),
        "no signature of the certificate was made by a trusted key",
    ),
    "cut-signature": (
        lambda sent: _write(sent, {**_envelope(sent), "signatures": [{"keyid": "", "sig": "AAAA"}]}),
        "no signature of the certificate was made by a trusted key",
    ),
}


@pytest.mark.parametrize(("change", "says"), NOT_GENUINE.values(), ids=NOT_GENUINE.keys())
def test_what_is_not_genuine_ends_in_8(
    change: Any, says: str, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(sent)

    assert verify(sent) == 8
    said = capsys.readouterr().out
    assert says in said
    assert said.splitlines()[-1].startswith("Not shown: ")


def _signed(sent: Path, statement: Any) -> None:
    """Sign a statement that attest would never make, with the partner's own key."""
    envelope = Envelope(json.dumps(statement).encode())
    text = Envelope(envelope.payload, (Signature("", KEY.sign(envelope.signed)),)).as_text()
    (sent / "certificate.json").write_text(text, "utf-8")


LIES: dict[str, tuple[Callable[[Any], object], int, str]] = {
    "another-file": (
        lambda one: one["subject"][0].update(name="other.json"),
        8,
        "names another results.json: the digests differ",
    ),
    "no-subject": (lambda one: one.pop("subject"), 8, "names another results.json: the digests differ"),
    "subjects-of-another-form": (lambda one: one.update(subject=[1, {"digest": 2}]), 8, "the digests differ"),
    "another-result": (
        lambda one: one["predicate"].update(result="WARNED"),
        8,
        "the certificate's predicate.result is not what results.json says",
    ),
    "another-class": (
        lambda one: one["predicate"][EXTENSION]["classes"].update(http="non-conformant"),
        8,
        f"predicate.{EXTENSION}.classes.http is not what results.json says",
    ),
    "an-extension-of-another-form": (
        lambda one: one["predicate"].update({EXTENSION: "fine"}),
        8,
        f"predicate.{EXTENSION} is not what results.json says",
    ),
    "another-predicate": (lambda one: one.update(predicateType="other"), 4, "is not one about a test result"),
    "no-predicate": (lambda one: one.update(predicate=[]), 4, "is not one about a test result"),
}


@pytest.mark.parametrize(("change", "status", "says"), LIES.values(), ids=LIES.keys())
def test_a_signed_statement_that_is_not_about_these_results_is_refused(
    change: Callable[[Any], object], status: int, says: str, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statement = _statement(sent)
    change(statement)
    _signed(sent, statement)

    assert verify(sent) == status
    said = capsys.readouterr()
    assert says in said.out + said.err


def test_a_reviewer_can_ask_for_the_files_of_the_same_suite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for package, status in ((package_digest(), 0), ("2" * 64, 8)):
        sent = put(tmp_path, conformant(package=package))
        assert attest(sent) == 0
        assert verify(sent, "--same-suite") == status

    assert f"with the digest {'2' * 64} judged; this copy has version" in capsys.readouterr().out


def test_a_key_that_did_not_sign_is_not_enough(sent: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", other], check=True, timeout=60)  # noqa: S603, S607
    ask = ["openssl", "pkey", "-in", str(other), "-pubout", "-out", str(tmp_path / "acme.pub")]
    subprocess.run(ask, check=True, timeout=60)  # noqa: S603

    assert verify(sent) == 8


def test_openssl_accepts_the_signature(sent: Path, tmp_path: Path) -> None:
    envelope = _envelope(sent)
    payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
    signed, signature = tmp_path / "signed", tmp_path / "signature"
    signed.write_bytes(b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload))
    signature.write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    ask = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", str(tmp_path / "acme.pub")]
    ask += ["-in", str(signed), "-sigfile", str(signature)]

    assert subprocess.run(ask, capture_output=True, check=False, timeout=60).returncode == 0  # noqa: S603
    signed.write_bytes(signed.read_bytes() + b" ")
    assert subprocess.run(ask, capture_output=True, check=False, timeout=60).returncode != 0  # noqa: S603


def foreign_key(keyid: str) -> SSlibKey:
    key = load_pem_public_key(PUBLIC)
    return SSlibKey.from_crypto(key, keyid)


def test_another_implementation_accepts_the_envelope(sent: Path) -> None:
    keyid = _envelope(sent)["signatures"][0]["keyid"]
    foreign = ForeignEnvelope.from_dict(_envelope(sent))

    assert foreign.verify([foreign_key(keyid)], 1)
    foreign.payload += b" "
    with pytest.raises(VerificationError):
        foreign.verify([foreign_key(keyid)], 1)


def test_a_certificate_of_a_withdrawn_requirement_no_longer_fails_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = put(tmp_path, compose(FACTS, findings("token.header-wins")))
    assert attest(sent) == 0
    assert verify(sent) == 1
    for module in ("verification", "fitting"):
        monkeypatch.setattr(f"conformance.certificate.{module}.errata", lambda: {"token.header-wins": None})

    assert verify(sent) == 0
    assert "without the withdrawn token.header-wins" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"level": "SHOULD"}, "token.header-wins is SHOULD, and MUST in set 2026-11"),
        (None, "token.header-wins of set 2026-11 is missing"),
    ],
    ids=["weaker", "missing"],
)
def test_results_that_do_not_fit_their_set_are_not_genuine(
    change: dict[str, str] | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = compose(FACTS, findings("token.header-wins"))
    item = next(one for one in content["requirements"] if one["id"] == "token.header-wins")
    item.update(change or {})
    if change is None:
        content["requirements"].remove(item)
    sent = put(tmp_path, sealed(rederived(content)))

    assert attest(sent) == 0
    assert verify(sent) == 8
    assert says in capsys.readouterr().out
