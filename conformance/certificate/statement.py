"""What a certificate states: an in-toto statement with the predicate test-result, made from results. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from conformance.certificate.errors import NotGenuine, UnusableCertificate
from conformance.results import Results, limits
from conformance.results.verdicts import RunVerdict, Verdict

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
EXTENSION = "urn:beacon-conformance:certificate:1"
"""The name of our own member of the predicate."""
RESULTS = "results.json"
RECORDING = "recording.json.gz"
LONGEST_RECORDING = 24 << 20
"""Bytes."""
NEEDED = ("set", "set_sha256", "package")
"""Members of ``suite`` that version 0.1.0 did not write."""


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def predicate_of(results: Results, implementation: Mapping[str, str]) -> dict[str, Any]:
    """Return the predicate about results. Raises UnusableCertificate if the results cannot be certified."""
    suite, run = results["suite"], results["run"]
    if results["target"]["kind"] == "reference":
        raise UnusableCertificate(
            "the results are of the bundled reference, which certifies nothing; judge a target"
        )
    if any(name not in suite for name in NEEDED):
        raise UnusableCertificate("the results are of a version that names no requirement set; judge again")
    ids = {
        verdict: [item["id"] for item in results["requirements"] if item["verdict"] == verdict]
        for verdict in Verdict
    }
    warned = ids[Verdict.WARNED] + ids[Verdict.UNSTABLE]
    return {
        "result": _result(results, warned),
        "configuration": [
            {
                "name": "requirements",
                "digest": {"sha256": suite["set_sha256"]},
                "annotations": {"set": suite["set"]},
            },
            {
                "name": "suite",
                "uri": f"pkg:pypi/beacon-conformance@{suite['version']}",
                "digest": {"sha256": suite["package"]},
            },
            {"name": "openapi", "digest": {"sha256": suite["openapi"]}},
        ],
        "passedTests": ids[Verdict.HELD],
        "warnedTests": warned,
        "failedTests": ids[Verdict.VIOLATED],
        EXTENSION: {
            "verdict": results["verdict"],
            "classes": {
                name: item["verdict"] for name, item in results["classes"].items() if item["required"]
            },
            "target": results["target"]["url"],
            "notJudged": ids[Verdict.NOT_JUDGED],
            "provisional": [item["id"] for item in results["requirements"] if "provisional" in item],
            "implementation": {name: text for name, text in implementation.items() if name != "digest"},
            "run": {name: run.get(name, "") for name in ("id", "started", "finished", "seed", "effort")},
            "challenge": run.get("challenge", ""),
        },
    }


def _result(results: Results, warned: list[str]) -> str:
    if results["verdict"] != RunVerdict.CONFORMANT:
        return "FAILED"
    return "WARNED" if warned else "PASSED"


def statement_of(
    results: Results, content: bytes, implementation: Mapping[str, str], recording: bytes | None = None
) -> bytes:
    """Return the statement about a results file with some content, and about its recording. Raises UnusableCertificate."""
    subjects = [{"name": RESULTS, "digest": {"sha256": sha256(content)}}]
    if recording is not None:
        subjects.append({"name": RECORDING, "digest": {"sha256": sha256(recording)}})
    if "digest" in implementation:
        digest = implementation["digest"].removeprefix("sha256:")
        subjects.append({"name": implementation["project"], "digest": {"sha256": digest}})
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": subjects,
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate_of(results, implementation),
    }
    return json.dumps(statement, ensure_ascii=False, separators=(",", ":")).encode()


def parse_statement(payload: bytes) -> dict[str, Any]:
    """Return the statement of a payload whose signature was verified. Raises UnusableCertificate for another kind."""
    try:
        statement = limits.parse(payload.decode())
    except (ValueError, RecursionError):
        statement = None
    if (
        not isinstance(statement, dict)
        or statement.get("_type") != STATEMENT_TYPE
        or statement.get("predicateType") != PREDICATE_TYPE
        or not isinstance(statement.get("predicate"), dict)
    ):
        raise UnusableCertificate("the certificate's statement is not one about a test result")
    return statement


def implementation_of(statement: Mapping[str, Any]) -> dict[str, str]:
    """Return what a statement says about the implementation; empty if it says nothing readable."""
    extension = statement["predicate"].get(EXTENSION, {})
    found = extension.get("implementation", {}) if isinstance(extension, dict) else {}
    return (
        {name: text for name, text in found.items() if isinstance(text, str)}
        if isinstance(found, dict)
        else {}
    )


def named_by(statement: Mapping[str, Any]) -> dict[str, str]:
    """Return the digests of the files that a statement names, by their names."""
    subjects = statement.get("subject")
    return {
        one["name"]: one["digest"]["sha256"]
        for one in (subjects if isinstance(subjects, list) else [])
        if isinstance(one, dict) and isinstance(one.get("digest"), dict) and {"name"} <= one.keys()
        if isinstance(one["name"], str) and isinstance(one["digest"].get("sha256"), str)
    }


def check_statement(
    statement: Mapping[str, Any], results: Results, content: bytes, recording: bytes | None = None
) -> None:
    """Raise NotGenuine if a statement is not about these files, or says something else than they do."""
    named = named_by(statement)
    if named.get(RESULTS) != sha256(content):
        raise NotGenuine(f"the certificate names another {RESULTS}: the digests differ")
    if recording is not None and named.get(RECORDING, sha256(recording)) != sha256(recording):
        raise NotGenuine(f"the certificate names another {RECORDING}: the digests differ")
    ours = predicate_of(results, implementation_of(statement))
    place = difference(ours, statement.get("predicate"))
    if place:
        raise NotGenuine(f"the certificate's {place} is not what {RESULTS} says")


def difference(ours: Any, theirs: Any, place: str = "predicate") -> str:
    """Return the place of the first member of ours that theirs does not have alike; empty if all are alike."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        places = (difference(value, theirs.get(name), f"{place}.{name}") for name, value in ours.items())
        return next(filter(None, places), "")
    return "" if type(ours) is type(theirs) and ours == theirs else place
