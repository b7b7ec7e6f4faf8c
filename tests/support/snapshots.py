"""Snapshots of whole runs: verdicts, findings, evidence and reports, without identifiers and times. ``make snapshots``."""

import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance import reference, results
from conformance.mutants import ALL as MUTANTS
from conformance.report.formats import FORMATS
from conformance.report.text.terminal import table
from tests.support.runs import options_for, run

FOLDER = Path(__file__).parents[1] / "suite" / "snapshots"
MUTANTS_KEPT = (
    "query-wins",
    "limit-of99",
    "one-invalid-event-refuses-the-batch",
    "skipped-count-in-a-header",
    "place-is-trusted",
)
"""Mutants of four chapters; two are of chapter events."""
NAMES = ("reference", *MUTANTS_KEPT)
MOMENT = "2026-01-01T00:00:00.000Z"
CHANGING = (
    (re.compile(r"\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{1,12}){1,4}"), "‹UUID›"),
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b", re.IGNORECASE), "‹ULID›"),
    (re.compile(r"conformance-[0-9a-f]{8}[-a-z0-9]*"), "‹mark›"),
    (re.compile(r"20\d\d-\d\d-\d\d([T ]([0-9:.]|%3A)+)?"), "‹time›"),
    (re.compile(r"\w{3}, \d\d \w{3} 20\d\d [0-9:]+"), "‹time›"),
    (re.compile(r"\b1[789]\d{8}(\d{3})?\b"), "‹time›"),
    (re.compile(r"(?<=TestCaseId: )\w{6}"), "‹case›"),
    (re.compile(r"127\.0\.0\.1:\d+"), "‹host›"),
    (re.compile(r"(?<=visible within )[0-9.]+(?= s)"), "‹time›"),
)
"""Patterns of text that differs between runs, and their replacements."""


def of_a_run(name: str) -> results.Results:
    """Judge the reference or a mutant, and return its results without identifiers and times."""
    with tempfile.TemporaryDirectory() as folder:
        options = ("--connections=1", f"--report-dir={folder}")
        if name == "reference":
            run(*options)
        else:
            mutant = next(one for one in MUTANTS if one.name == name)
            with reference.Server(mutant.rules) as server:
                run(*options_for(server), "--patience=1", *mutant.options, "--effort=quick", *options)
        return _steady(results.read(Path(folder) / "results.json"))


def _steady(content: results.Results) -> results.Results:
    value: results.Results = _without_changes(content)
    value["run"] |= {"id": "00000000", "started": MOMENT, "finished": MOMENT, "mark": "conformance-00000000-"}
    if "readings" in value["run"]:  # how often a store is read depends on how fast it is
        value["run"]["readings"] = 0
    value["run"] |= {"requests": 0, "events": 0, "timeline": {"seconds": 1, "replies": {}}}
    del value["seal"]
    value["suite"] |= {"version": "0", "requirements": "0" * 16, "package": "0" * 16, "set_sha256": "0" * 16}
    return value


def _without_changes(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, instead in CHANGING:
            value = pattern.sub(instead, value)
        return value
    if isinstance(value, list):
        if value[:1] == ["X-Schemathesis-TestCaseId"]:
            return [value[0], "‹case›"]
        return [_without_changes(item) for item in value]
    if isinstance(value, dict):
        steady = {key: _without_changes(item) for key, item in value.items()}
        if "store" in steady:  # how many events are visible depends on the moment
            kept = {name: one for name, one in steady["store"].items() if name == "stored"}
            steady["store"] = {"sent": MOMENT, "read": MOMENT, "events": 0, **kept}
        if "seconds" in steady:
            steady["seconds"] = 0
        if steady.get("repeat", "").startswith("{ printf"):  # identifiers as octal numbers
            steady["repeat"] = ""
        # The identifiers decide where a body is cut, and how well it compresses.
        if steady.get("cut") or steady.get("body", "").startswith("\\x1f\\x8b"):
            steady |= {"body": "", "bytes": 0, "sha256": ""}
        return steady
    return value


def snapshot(content: results.Results) -> str:
    """Return a run as lines: verdicts, findings with a digest of their evidence, and a digest of each report."""
    return "\n".join([*_lines(content), ""])


def _lines(content: results.Results) -> Iterator[str]:
    yield f"{content['verdict']}, exit status {content['exit_status']}"
    for name, item in content["classes"].items():
        yield f"class {name}: {json.dumps(item)}"
    for requirement in content["requirements"]:
        yield f"{requirement['id']}: {requirement['verdict']}"
        for finding in requirement["findings"]:
            yield f"  {finding['check']}: {finding['outcome']}, {finding['met']}"
    yield "digests of what stands in them:"
    for requirement in content["requirements"]:
        yield f"{requirement['id']} {_digest(requirement)}"
    for name, made_from in FORMATS.items():
        yield f"{name} {_digest(made_from(content))}"
    yield f"terminal {_digest(table(content))}"


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def main(into: Path) -> None:
    """Take every snapshot again; with another folder, also store there what they are made from, to compare by eye."""
    for name in NAMES:
        content = of_a_run(name)
        if into == FOLDER:
            (into / f"{name}.txt").write_text(snapshot(content), "utf-8")
            continue
        (into / f"{name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")
        for face, made_from in FORMATS.items():
            (into / f"{name}.{face}").write_text(made_from(content), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
