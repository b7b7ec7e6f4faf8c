"""A certificate that was kept once: every later version verifies it, and so do OpenSSL's and another DSSE.

``golden/set.json`` is the requirement set as it was when the certificate was made. Nothing in that folder is ever edited.
"""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope as ForeignEnvelope

from conformance.certificate import verification
from conformance.certificate.envelope import read_envelope
from conformance.cli import main as command
from conformance.requirements.sets import RequirementSet
from tests.certificate.test_certificate import foreign_key

GOLDEN = Path(__file__).with_name("golden")
ASKED = ("--set=2026-11", "--challenge=9f2c4e7ab1d03358", "--max-age=60d", "--today=2027-12-20")


@pytest.fixture(autouse=True)
def _set_of_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (GOLDEN / "set.json").read_bytes()
    kept = RequirementSet("2026-11", sha256(text).hexdigest(), json.loads(text)["requirements"])
    monkeypatch.setattr(verification, "find_set", lambda _: kept)


def test_the_golden_certificate_holds_for_ever(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["verify", str(GOLDEN), f"--trust={GOLDEN / 'acme.pub'}", *ASKED]) == 0
    assert "✗" not in capsys.readouterr().out


def test_another_implementation_accepts_the_golden_certificate() -> None:
    content = json.loads((GOLDEN / "certificate.json").read_text("utf-8"))
    keyid = read_envelope(GOLDEN / "certificate.json").signatures[0].keyid

    assert ForeignEnvelope.from_dict(content).verify([foreign_key(keyid)], 1)


def test_the_golden_files_are_the_kept_ones() -> None:
    digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in GOLDEN.iterdir()}

    assert digests == KEPT


KEPT = {
    "acme.pub": "2d1668b6bf09591cedc8947a2e44990fa956db72e481e0beb6a4fc110a829f19",
    "certificate.json": "943ba2f9d7762355593e373a8ce4e1ecefc9e94c543aae8c0330f0c19d39ee05",
    "results.json": "194c85cd5017dae298e5c9619b5412caff6f10f6f20db79098bef78191db23fb",
    "set.json": "2fc16283df67bee5141c2c002d41912067b702bf1c1688c8182bb9712df13b8c",
}
