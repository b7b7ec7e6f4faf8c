"""Certificates for tests and samples: results without a run, and a key that nobody may trust."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from conformance.requirements import ALL, Level, Needs
from conformance.results import Results, RunFacts, as_text, compose
from conformance.results.verdicts import Finding, Outcome
from conformance.settings.challenge import seed_of

CHALLENGE = "9f2c4e7ab1d03358"
KEY = Ed25519PrivateKey.from_private_bytes(b"a key of samples: trust it never")
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
IMPLEMENTATION = {
    "organization": "Acme",
    "project": "edge-beacon",
    "version": "2.4.1",
    "url": "https://acme.example/beacon",
    "contact": "certificates@acme.example",
}
FACTS = RunFacts(
    id=f"{CHALLENGE}-4f1a",
    started="2026-11-20T09:00:00.000Z",
    finished="2026-11-20T09:00:31.000Z",
    seed=seed_of(CHALLENGE),
    challenge=CHALLENGE,
    requests=412,
    events=5120,
    target="https://staging.acme.example",
    kind="url",
    required=("http", "ingestion", "stores"),
    openapi="1" * 64,
    package="2" * 64,
    observer="https",
    requirement_set="2026-11",
)


def findings(
    broken: str = "", needs: tuple[Needs, ...] = (Needs.HTTP, Needs.INGESTION, Needs.STORES)
) -> list[Finding]:
    """Return one finding for each requirement of some classes: all held, but for one that broke."""
    return [
        Finding(
            one.id,
            f"test_{one.id.replace('.', '_').replace('-', '_')}",
            Outcome.BROKE if one.id == broken else Outcome.HELD,
            "expected status 401, got status 201" if one.id == broken else "",
            met=0 if one.id == broken else 1,
            evidence=[EVIDENCE] if one.id == broken else [],
        )
        for one in ALL
        if one.needs in needs
    ]


EVIDENCE = {
    "sent": {"line": "POST /beacon?token=‹token A›", "headers": [], "body": "", "bytes": 0},
    "expected": "status 401",
    "got": "status 201",
    "reply": {"line": "201 Created", "headers": [], "body": "null", "bytes": 4},
    "seconds": 0.01,
}
A_SHOULD = next(one.id for one in ALL if one.level is Level.SHOULD and one.needs is Needs.HTTP)


def conformant(**changes: Any) -> Results:
    """Return the results of a conformant run."""
    return compose(replace(FACTS, **changes), findings())


def put(
    folder: Path,
    results: Results,
    implementation: Mapping[str, str] = IMPLEMENTATION,
    name: str = "certificate",
) -> Path:
    """Put results, the partner's facts and both keys into a folder; return the results folder in it."""
    sent = folder / name
    sent.mkdir(parents=True, exist_ok=True)
    (sent / "results.json").write_text(as_text(results), "utf-8", newline="\n")
    toml = "".join(f"{name} = {json.dumps(text)}\n" for name, text in implementation.items())
    (folder / "acme.toml").write_text(toml, "utf-8")
    (folder / "acme.pem").write_bytes(PRIVATE)
    (folder / "acme.pub").write_bytes(PUBLIC)
    return sent
