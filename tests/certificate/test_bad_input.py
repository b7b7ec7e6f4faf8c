"""Files, keys and options that cannot be used for a certificate: one line, status 4, and nothing is written."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.certificate.envelope import LONGEST
from conformance.certificate.keys import NEEDS
from conformance.cli import main as command
from conformance.results.limits import LONGEST_FILE
from tests.support.certificates import PRIVATE, PUBLIC, conformant, put
from tests.support.cli_process import tree

Change = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    put(tmp_path, conformant())
    assert _attest(tmp_path) == 0
    capsys.readouterr()
    return tmp_path


def _attest(folder: Path) -> int:
    return command(
        [
            "attest",
            str(folder / "certificate"),
            f"--key={folder / 'acme.pem'}",
            f"--implementation={folder / 'acme.toml'}",
        ]
    )


def _verify(folder: Path, trust: str = "acme.pub", *more: str) -> int:
    return command(["verify", str(folder / "certificate"), f"--trust={folder / trust}", *more])


def _append(folder: Path, text: str) -> None:
    with (folder / "acme.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def _openssl(path: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments, "-out", str(path)], check=True, capture_output=True, timeout=60)  # noqa: S603, S607


ATTEST: dict[str, tuple[Change, str]] = {
    "no-results": (lambda it: (it / "certificate/results.json").unlink(), "No such file"),
    "cut-results": (lambda it: (it / "certificate/results.json").write_text('{"a'), "was it cut"),
    "large-results": (
        lambda it: (it / "certificate/results.json").write_bytes(b" " * (LONGEST_FILE + 1)),
        "has more than",
    ),
    "unfinished": (
        lambda it: (it / "certificate/unfinished.txt").write_text("Run a began"),
        "is of an earlier run",
    ),
    "reference": (
        lambda it: put(it, conformant(kind="reference")),
        "the bundled reference, which certifies nothing",
    ),
    "no-key": (lambda it: (it / "acme.pem").unlink(), "No such file"),
    "public-key": (lambda it: (it / "acme.pem").write_bytes(PUBLIC), "is not a private key in PEM"),
    "rubbish-key": (lambda it: (it / "acme.pem").write_bytes(b"\0rubbish"), "is not a private key in PEM"),
    "other-key": (
        lambda it: _openssl(it / "acme.pem", "ecparam", "-name", "prime256v1", "-genkey", "-noout"),
        "is not an Ed25519 key",
    ),
    "locked-key": (
        lambda it: _openssl(
            it / "acme.pem", *["genpkey", "-algorithm", "ed25519", "-aes-128-cbc", "-pass", "pass:1234"]
        ),
        "has a password",
    ),
    "other-version": (
        lambda it: put(it, conformant(implementation="edge-beacon 2.4.0")),
        "the results are of edge-beacon 2.4.0, and the version to certify is 2.4.1",
    ),
    "other-project": (
        lambda it: put(it, conformant(implementation="core-beacon 2.4.1")),
        "the results are of core-beacon 2.4.1, and the project to certify is edge-beacon",
    ),
    "no-toml": (lambda it: _append(it, "["), "is not valid TOML"),
    "unknown-key": (lambda it: _append(it, "colour = 'red'\n"), "unknown key colour"),
    "a-branch": (
        lambda it: (it / "acme.toml").write_text((it / "acme.toml").read_text().replace("2.4.1", "main")),
        "version main changes",
    ),
    "no-link": (
        lambda it: (it / "acme.toml").write_text((it / "acme.toml").read_text().replace("https://", "")),
        "url is not a link",
    ),
    "no-text": (
        lambda it: (it / "acme.toml").write_text((it / "acme.toml").read_text().replace('"Acme"', "7")),
        "organization must be a text",
    ),
    "no-digest": (lambda it: _append(it, "digest = 'sha256:1'\n"), "digest must be"),
}
VERIFY: dict[str, tuple[Change, str]] = {
    "no-certificate": (lambda it: (it / "certificate/certificate.json").unlink(), "No such file"),
    "no-results": (lambda it: (it / "certificate/results.json").unlink(), "No such file"),
    "no-envelope": (
        lambda it: (it / "certificate/certificate.json").write_text("[]"),
        "is not a certificate",
    ),
    "no-signature": (
        lambda it: (it / "certificate/certificate.json").write_text(
            '{"payload": "", "payloadType": "a", "signatures": []}'
        ),
        "is not a certificate",
    ),
    "texts-for-signatures": (
        lambda it: (it / "certificate/certificate.json").write_text(
            '{"payload": "", "payloadType": "a", "signatures": ["a"]}'
        ),
        "is not a certificate",
    ),
    "no-base64": (
        lambda it: (it / "certificate/certificate.json").write_text(
            '{"payload": "%", "payloadType": "a", "signatures": [{"sig": "%"}]}'
        ),
        "is not a certificate",
    ),
    "nested": (
        lambda it: (it / "certificate/certificate.json").write_text("[" * 100_000),
        "is not a certificate",
    ),
    "large": (
        lambda it: (it / "certificate/certificate.json").write_bytes(b" " * (LONGEST + 1)),
        "has more than",
    ),
    "private-key": (lambda it: (it / "acme.pub").write_bytes(PRIVATE), "is a private key"),
    "rubbish-key": (lambda it: (it / "acme.pub").write_bytes(b"rubbish"), "is not a public key in PEM"),
}


@pytest.mark.parametrize(("change", "says"), ATTEST.values(), ids=ATTEST.keys())
def test_nothing_is_signed(
    change: Change, says: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "certificate/certificate.json").unlink()
    change(folder)
    capsys.readouterr()
    before = tree(folder)

    assert _attest(folder) == 4
    said = capsys.readouterr()
    assert says in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert tree(folder) == before


@pytest.mark.parametrize(("change", "says"), VERIFY.values(), ids=VERIFY.keys())
def test_nothing_is_verified(
    change: Change, says: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder)
    before = tree(folder)

    assert _verify(folder) == 4
    said = capsys.readouterr()
    assert says in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert tree(folder) == before


def test_without_a_key_verify_says_that_a_key_in_the_folder_proves_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(["verify", str(folder / "certificate")]) == 4
    assert "a key that comes with a certificate proves nothing" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--max-age=soon", "--today=soon", "--challenge=short"])
def test_an_option_of_another_form_is_refused(
    option: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _verify(folder, "acme.pub", option) == 4
    assert capsys.readouterr().err.count("\n") == 1


def test_without_the_extra_both_commands_say_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cryptography.hazmat.primitives", None)

    for ask in (_attest, _verify):
        assert ask(folder) == 4
        assert NEEDS in capsys.readouterr().err


def test_a_predicate_alone_needs_neither_key_nor_extra(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cryptography.hazmat.primitives", None)
    out = folder / "predicate.json"
    ask = ["attest", str(folder / "certificate"), f"--implementation={folder / 'acme.toml'}"]

    assert command([*ask, f"--predicate={out}"]) == 0
    assert '"result": "PASSED"' in out.read_text("utf-8")
    assert command(ask) == 4


TRUST = """[[key]]
name = "Acme"
key = \"\"\"
{key}\"\"\"
{days}
"""


def _trust(folder: Path, days: str) -> int:
    (folder / "trust.toml").write_text(TRUST.format(key=PUBLIC.decode(), days=days), "utf-8")
    return _verify(folder, "trust.toml", "--today=2026-11-27")


def test_a_key_counts_on_the_days_that_the_reviewer_wrote(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _trust(folder, "from = 2026-01-01\nuntil = 2026-12-31") == 0
    assert "signed by  Acme, for Acme edge-beacon 2.4.1" in capsys.readouterr().out
    assert _trust(folder, "until = 2026-11-26") == 8
    assert "the key of Acme counted only until 2026-11-26" in capsys.readouterr().out
    assert _trust(folder, "from = 2026-11-28") == 8
    assert "the key of Acme counts only from 2026-11-28" in capsys.readouterr().out


@pytest.mark.parametrize("days", ["until = 'soon'", "colour = 'red'", "[other]"])
def test_a_trust_file_of_another_form_is_refused(
    days: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _trust(folder, days) == 4
    assert capsys.readouterr().err.count("\n") == 1
