"""The sample list of certificates in ``reports/sample/list``, written by ``make docs``; its key belongs to nobody."""

from dataclasses import replace
from pathlib import Path

from conformance.certificate.envelope import Envelope, Signature
from conformance.certificate.keys import PublicKey
from conformance.certificate.listing import entries
from conformance.certificate.statement import statement_of
from conformance.certificate.trust import read_trust
from conformance.cli import listing
from conformance.cli.certificate import moment
from conformance.report.html.page import compliance_page
from conformance.results import Results, RunFacts, as_text, compose
from tests.support.certificates import FACTS, IMPLEMENTATION, KEY, PUBLIC, findings

LIST = Path(__file__).parents[1] / "reports" / "sample" / "list"
PAGE = LIST / "index.html"
TRUST = LIST / "sample.pub"
DAY = moment("2027-12-20")
"""The day as of which the sample page is made."""
LATELY = replace(FACTS, started="2027-12-01T09:00:00.000Z", finished="2027-12-01T09:00:31.000Z")
SAMPLES: dict[str, tuple[dict[str, str], RunFacts, str]] = {
    "acme-edge-beacon/2.4.1": (IMPLEMENTATION, LATELY, ""),
    "initech-collector/0.9": (
        {**IMPLEMENTATION, "organization": "Initech", "project": "collector", "version": "0.9"},
        replace(LATELY, target="https://initech.example"),
        "token.header-wins",
    ),
    "umbrella-events/1.0": (
        {**IMPLEMENTATION, "organization": "Umbrella", "project": "events", "version": "1.0"},
        replace(FACTS, target="https://umbrella.example"),
        "",
    ),
}
"""A current one, one that does not conform (by the requirement that is named), and one that is stale on that day."""


def certificate(results: Results, implementation: dict[str, str]) -> str:
    """Return the certificate of results, signed with the key of samples."""
    envelope = Envelope(statement_of(results, as_text(results).encode(), implementation))
    keyid = PublicKey(PUBLIC, "the key of samples").keyid
    return Envelope(envelope.payload, (Signature(keyid, KEY.sign(envelope.signed)),)).as_text()


def files() -> dict[Path, str]:
    """Return every file of the samples but the page, by its path."""
    made = {TRUST: PUBLIC.decode()}
    for name, (implementation, facts, broken) in SAMPLES.items():
        results = compose(facts, findings(broken))
        made[LIST / name / "results.json"] = as_text(results)
        made[LIST / name / "certificate.json"] = certificate(results, implementation)
        made[LIST / name / "compliance.html"] = compliance_page(results)
    return made


def page() -> str:
    """Return the page of the samples that are in the tree."""
    return listing.page(entries(LIST, read_trust(TRUST), DAY), LIST, PAGE, DAY)
