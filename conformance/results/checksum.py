"""The seal at the end of a results file: counts and a digest that show whether the file was cut or changed.

The seal is not a signature: anybody who can run this code can seal any content.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SEAL = "seal"
"""The last member of ``results.json``."""


def sealed(results: Mapping[str, Any]) -> dict[str, Any]:
    """Return results with the seal of their content as the last member."""
    rest = _rest(results)
    return {**rest, SEAL: {**_counts(rest), "sha256": _digest(rest)}}


def broken(results: Mapping[str, Any]) -> str:
    """Return in a few words why the seal does not match the content; empty if it matches."""
    rest, seal = _rest(results), results[SEAL]
    for name, count in _counts(rest).items():
        if seal[name] != count:
            return f"its seal counts {seal[name]} {name}, but it has {count}"
    if seal["sha256"] != _digest(rest):
        return "its content does not match the digest in its seal"
    return ""


def _rest(results: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in results.items() if name != SEAL}


def _counts(rest: Mapping[str, Any]) -> dict[str, int]:
    findings = [finding for requirement in rest["requirements"] for finding in requirement["findings"]]
    return {
        "requirements": len(rest["requirements"]),
        "findings": len(findings),
        "exchanges": sum(len(finding["evidence"]) for finding in findings),
    }


def _digest(rest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the shortest ASCII JSON with sorted keys, so that layout and order do not matter."""
    canonical = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
