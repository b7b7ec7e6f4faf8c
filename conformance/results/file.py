"""Makes, writes, reads and validates the results file, from which every report is made."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs

from conformance import __version__
from conformance.requirements import Requirement
from conformance.requirements.sets import find_set, in_force
from conformance.results import limits
from conformance.results.checksum import broken, sealed
from conformance.results.derivation import Circumstances, contradiction, derive, digest
from conformance.results.verdicts import Finding, Judged, RunVerdict, Verdict, collapse, judge
from conformance.results.waivers import Waiver

FORMAT = 1
LONGEST_WHY = 300
"""Characters of a text from a file that an error repeats."""
Results = dict[str, Any]
"""The content of ``results.json``, as its JSON Schema describes it."""


class UnusableResults(ValueError):
    """A file is not a results file that this version reads; the text has the path and says why in one line."""


class ChangedResults(UnusableResults):
    """A results file is not as a run wrote it: its seal is broken, or it contradicts itself."""


@dataclass(frozen=True)
class RunFacts:
    """The facts of a run, apart from its findings."""

    id: str
    started: str
    """ISO 8601, UTC."""
    finished: str
    """ISO 8601, UTC."""
    seed: int
    requests: int
    events: int
    target: str
    """Its base URL."""
    kind: str
    """``reference`` or ``url``."""
    required: tuple[str, ...]
    openapi: str
    """A digest of the OpenAPI description that this run used."""
    implementation: str = ""
    """Its name and version, as the user of the run wrote them; empty: not said."""
    package: str = ""
    """A digest of the files of the suite that judged."""
    requirement_set: str = ""
    """The name of the requirement set; empty: the newest."""
    challenge: str = ""
    """The text of a reviewer with which the id begins; empty: none."""
    observer: str = ""
    """The kind of the observer, without its address; of a sink also where it listens."""
    readings: int = 0
    """What the read-back was asked: requests, commands or queries."""
    patience: float = 0.0
    """Seconds: the longest wait for an event that should be stored."""
    settle: float = 0.0
    """Seconds after a later event appeared, until an absent event counted as skipped."""
    unreachable: str = ""
    """Why the target could not be judged at all; empty if it could."""
    interrupted: bool = False
    effort: str = "standard"
    faults: tuple[str, ...] = ()
    """Failures of the suite itself outside of a check; they make the run invalid."""
    timeline: dict[str, Any] | None = None
    """Requests by interval of time and kind of reply."""
    sizes: Sequence[tuple[int, int]] = ()
    """Sizes of generated batches, and the number of batches of each size."""
    browser: dict[str, Any] | None = None
    """The real browser that judged, and its self-test; None without one."""
    unselected: str = "not selected in this run"
    shown_secrets: tuple[str, ...] = ()
    """Names of secrets that are too short or too common to be replaced in the evidence."""
    waivers: tuple[Waiver, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    """The options that judged, by name; a value that may be secret is not among them."""
    doctor: Sequence[Mapping[str, str]] = ()
    """What the doctor tried before the run, step by step, in the form of ``results.json``."""


def compose(facts: RunFacts, findings: Sequence[Finding]) -> Results:
    """Return the results of a run; every verdict in them is derived from the findings."""
    by_requirement: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=_place):
        by_requirement.setdefault(finding.requirement, []).append(finding)
    absent = facts.unreachable or ("the run was interrupted" if facts.interrupted else facts.unselected)
    chosen = find_set(facts.requirement_set)
    asked = in_force(chosen)
    judged = [collapse(requirement, by_requirement.get(requirement.id, []), absent) for requirement in asked]
    derived = derive(
        judged,
        findings,
        Circumstances(
            required=frozenset(facts.required),
            day=datetime.fromisoformat(facts.started).date(),
            reachable=not facts.unreachable,
            interrupted=facts.interrupted,
            faulty=bool(facts.faults),
            waivers=facts.waivers,
        ),
    )
    rest = {
        "format": FORMAT,
        "suite": {
            "name": "beacon-conformance",
            "version": __version__,
            "set": chosen.name,
            "set_sha256": chosen.digest,
            "requirements": digest(asked),
            "openapi": facts.openapi,
            "package": facts.package,
        },
        "run": {
            "id": facts.id,
            "started": facts.started,
            "finished": facts.finished,
            **({"challenge": facts.challenge} if facts.challenge else {}),
            "seed": facts.seed,
            "effort": facts.effort,
            "requests": facts.requests,
            "events": facts.events,
            "timeline": facts.timeline or {"seconds": 1, "replies": {}},
            "sizes": [list(pair) for pair in facts.sizes],
            **({"readings": facts.readings} if facts.readings else {}),
            **({"patience": facts.patience, "settle": facts.settle} if facts.observer else {}),
            **({"browser": facts.browser} if facts.browser is not None else {}),
            **({"shown_secrets": list(facts.shown_secrets)} if facts.shown_secrets else {}),
            **({"options": dict(facts.options)} if facts.options else {}),
            "mark": f"conformance-{facts.id}-",
            "interrupted": facts.interrupted,
            "unreachable": facts.unreachable,
            "faults": list(facts.faults),
        },
        "target": {
            "url": facts.target,
            "kind": facts.kind,
            **({"implementation": facts.implementation} if facts.implementation else {}),
            "observer": facts.observer,
        },
        **({"doctor": [dict(step) for step in facts.doctor]} if facts.doctor else {}),
        "verdict": str(derived.verdict),
        "exit_status": int(derived.status),
        "classes": {str(needs): asdict(summary) for needs, summary in derived.classes.items()},
        "waivers": [item.to_json() for item in derived.waivers],
        "requirements": [_requirement(*pair) for pair in zip(asked, judged, strict=True)],
    }
    return sealed(rest)


def _place(finding: Finding) -> tuple[str, list[int], str]:
    """Return a sort key that puts findings in the order of the suite, in whatever order the checks ran."""
    return finding.module, finding.order, finding.check


def as_item(requirement: Requirement) -> dict[str, Any]:
    """Return a requirement in the form of ``results.json``, without what is found about it."""
    return {
        "id": requirement.id,
        "chapter": requirement.chapter,
        "class": str(requirement.needs),
        "level": str(requirement.level),
        **({"provisional": requirement.since} if requirement.provisional else {}),
        "basis": str(requirement.basis),
        "source": requirement.source,
        "statement": requirement.statement,
        "hint": requirement.hint,
    }


def _requirement(requirement: Requirement, judged: Judged) -> dict[str, Any]:
    return {
        **as_item(requirement),
        "verdict": str(judged.verdict),
        "reason": judged.reason,
        "findings": [
            {
                "check": finding.check,
                **({"module": finding.module} if finding.module else {}),
                "outcome": str(finding.outcome),
                "verdict": str(judge(requirement.level, finding.outcome)),
                "reason": finding.reason,
                "met": finding.met,
                "seconds": finding.seconds,
                "evidence": finding.evidence,
                **({"traceback": finding.traceback} if finding.traceback else {}),
                **({"generated": finding.generated} if finding.generated else {}),
            }
            for finding in judged.findings
        ],
    }


def schema() -> dict[str, Any]:
    """Return the JSON Schema of ``results.json``."""
    content: dict[str, Any] = json.loads(
        resources.files("conformance.results").joinpath("results.schema.json").read_text("utf-8")
    )
    return content


def as_text(results: Results) -> str:
    """Return the content of a results file."""
    return json.dumps(results, indent=1, ensure_ascii=False) + "\n"


def write(results: Results, path: Path) -> None:
    """Write the results that ``compose`` returned."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(results), "utf-8", newline="\n")


def read(path: Path) -> Results:
    """Return the content of a results file. Raises UnusableResults, also if the seal does not match the content."""
    try:
        with path.open("rb") as file:
            content = file.read(limits.LONGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise UnusableResults(
            f"{_line(str(path))}: cannot be read ({getattr(error, 'strerror', error)})"
        ) from None
    return parse(content, str(path))


def parse(content: bytes, path: str) -> Results:
    """Return the results in the bytes of a file. Raises UnusableResults, as ``read`` does."""
    name = _line(path)
    if len(content) > limits.LONGEST_FILE:
        raise UnusableResults(f"{name}: is not a results file: it has more than {limits.LONGEST_FILE} bytes")
    try:
        value = limits.parse(content.decode())
    except (ValueError, RecursionError):
        raise UnusableResults(f"{name}: is not a complete JSON file; was it cut?") from None
    return checked(value, name)


def _line(text: str) -> str:
    """Return a text from a file as one short line, for an error."""
    shown = text if text.isprintable() else text.encode("unicode_escape").decode()
    return shown if len(shown) <= LONGEST_WHY else f"{shown[: LONGEST_WHY - 1]}…"


def checked(content: Any, path: str) -> Results:
    """Return a JSON value as results. Raises UnusableResults with the path if it is not what a run writes."""
    if isinstance(content, dict) and content.get("format") != FORMAT:
        raise UnusableResults(
            f"{path}: has format {_line(repr(content.get('format')))}; this version reads format {FORMAT}"
        )
    if why := limits.problem_of_value(content):
        raise UnusableResults(f"{path}: is not a results file ({why})")
    try:
        jsonschema_rs.validate(schema(), content)
    except jsonschema_rs.ValidationError as error:
        why = _line(f"{error.message} at {error.instance_path}")
        raise UnusableResults(f"{path}: is not a results file ({why})") from None
    results: Results = content
    if why := limits.problem(results):
        raise UnusableResults(f"{path}: is not a results file ({_line(why)})")
    if why := broken(results):
        raise ChangedResults(
            f"{path}: was changed after it was written ({why}); use the file as the run wrote it"
        )
    if why := contradiction(results):
        raise ChangedResults(f"{path}: contradicts itself ({_line(why)}); use the file as the run wrote it")
    return results


NOT_GREEN = (Verdict.VIOLATED, Verdict.WARNED, Verdict.UNSTABLE, Verdict.NOT_JUDGED)
"""The verdicts that a report shows first, in this order."""


def counts(results: Results) -> dict[Verdict, int]:
    """Return the number of requirements with each verdict."""
    verdicts = [Verdict(item["verdict"]) for item in results["requirements"]]
    return {verdict: verdicts.count(verdict) for verdict in Verdict}


def headline(results: Results) -> str:
    """Return the verdict in sentences for a reader who does not know the suite."""
    violated = counts(results)[Verdict.VIOLATED]
    target = "The bundled reference" if results["target"]["kind"] == "reference" else results["target"]["url"]
    required = [name for name, item in results["classes"].items() if item["required"]]
    classes = f"the class{'es' if len(required) > 1 else ''} {', '.join(required)}"
    unreachable = results["run"]["unreachable"]
    unstable = sum(item.get("unstable", 0) for item in results["classes"].values())
    says = {
        RunVerdict.CONFORMANT: f"{target} conforms to the contract of POST /beacon: every MUST requirement of {classes}"
        " was judged and held.",
        RunVerdict.NON_CONFORMANT: f"{target} does not conform to the contract of POST /beacon:"
        f" {violated} MUST requirement{'' if violated == 1 else 's'} violated.",
        RunVerdict.NOT_FULLY_VERIFIED: f"{target} was not fully verified: not every MUST requirement of {classes} could"
        " be judged. No MUST requirement is violated.",
        RunVerdict.INVALID_RUN: "This run says nothing about its target, because the suite itself failed.",
    }
    verdict = RunVerdict(results["verdict"])
    if verdict is RunVerdict.NOT_FULLY_VERIFIED and unreachable:
        return f"{target} was not judged: {unreachable}."
    if verdict is RunVerdict.NOT_FULLY_VERIFIED and unstable:
        are = "requirement is" if unstable == 1 else "requirements are"
        return (
            f"{target} was not fully verified: {unstable} MUST {are} unstable, because the same request got different"
            " answers. No MUST requirement is violated."
        )
    if verdict is RunVerdict.CONFORMANT and results["run"].get("effort") == "quick":
        return f"{says[verdict]} Effort quick runs only a part of the checks."
    return says[verdict]
