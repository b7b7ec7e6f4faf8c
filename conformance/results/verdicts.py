"""The rules that turn the outcomes of checks into verdicts on requirements, classes and runs. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Protocol, assert_never

from conformance.requirements import Level, Needs


class Outcome(StrEnum):
    """The outcome of one check."""

    HELD = "held"
    """Every expectation was met, and there was at least one."""
    BROKE = "broke"
    """A reply was not as expected, twice."""
    UNSTABLE = "unstable"
    """A reply was not as expected, but the second time it was."""
    NOT_JUDGED = "not-judged"
    """A precondition was missing."""
    SUITE_FAULT = "suite-fault"
    """The suite itself failed."""


class Verdict(StrEnum):
    """The verdict on a requirement."""

    HELD = "held"
    VIOLATED = "violated"
    WARNED = "warned"
    OBSERVED = "observed"
    NOT_JUDGED = "not-judged"
    UNSTABLE = "unstable"


class RunVerdict(StrEnum):
    """The verdict on a run or a class."""

    CONFORMANT = "conformant"
    NON_CONFORMANT = "non-conformant"
    NOT_FULLY_VERIFIED = "not-fully-verified"
    INVALID_RUN = "invalid-run"


class ExitStatus(IntEnum):
    """The exit statuses of the process."""

    CONFORMANT = 0
    NON_CONFORMANT = 1
    INTERRUPTED = 2
    SUITE_FAULT = 3
    USAGE = 4
    NOTHING_JUDGED = 5
    NOT_FULLY_VERIFIED = 6
    WAIVER = 7
    NOT_GENUINE = 8


@dataclass(frozen=True)
class Finding:
    """What one check concluded, in values that JSON can hold."""

    requirement: str
    """The id of the requirement."""
    check: str
    """The name of the check, with its parameters in brackets."""
    outcome: Outcome
    reason: str = ""
    """Why the check did not pass; empty if it did."""
    met: int = 0
    """The number of expectations that were met."""
    evidence: list[dict[str, Any]] = field(default_factory=list)
    """Redacted transcripts; the failing one comes first."""
    seconds: float = 0.0
    """The duration of the check."""
    traceback: str = ""
    """Where the suite itself failed, redacted."""
    module: str = ""
    """The file of the check, such as ``suite/test_token.py``."""
    order: list[int] = field(default_factory=list)
    """The place of the check in its file: its line, then the index of each of its parameters."""
    generated: dict[str, Any] = field(default_factory=dict)
    """The smallest example that failed in a generated check, for ``--replay``."""

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON values, for another process of this run."""
        return {**vars(self), "outcome": str(self.outcome)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Finding":
        """Return the finding from the JSON values that another process of this run sent."""
        return cls(**{**value, "outcome": Outcome(value["outcome"])})


def judge(level: Level, outcome: Outcome) -> Verdict:
    """Return the verdict of an outcome at a level."""
    match outcome:
        case Outcome.NOT_JUDGED | Outcome.SUITE_FAULT:
            return Verdict.NOT_JUDGED
        case Outcome.UNSTABLE:
            return Verdict.OBSERVED if level is Level.INFO else Verdict.UNSTABLE
        case Outcome.HELD:
            return Verdict.OBSERVED if level is Level.INFO else Verdict.HELD
        case Outcome.BROKE:
            match level:
                case Level.MUST:
                    return Verdict.VIOLATED
                case Level.SHOULD:
                    return Verdict.WARNED
                case Level.INFO:
                    return Verdict.OBSERVED
                case _:
                    assert_never(level)
        case _:
            assert_never(outcome)


WORST_FIRST = (
    Verdict.VIOLATED,
    Verdict.WARNED,
    Verdict.UNSTABLE,
    Verdict.NOT_JUDGED,
    Verdict.HELD,
    Verdict.OBSERVED,
)


class Clause(Protocol):
    """What a verdict depends on of a requirement, which may be one of a file and unknown to this version."""

    @property
    def id(self) -> str:
        """The id of the requirement."""

    @property
    def level(self) -> Level:
        """How binding it is."""

    @property
    def needs(self) -> Needs:
        """Its class."""


@dataclass(frozen=True)
class Judged:
    """One requirement, its verdict and the findings behind it."""

    requirement: Clause
    verdict: Verdict
    reason: str
    findings: tuple[Finding, ...]


def collapse(requirement: Clause, findings: Sequence[Finding], absent: str) -> Judged:
    """Return the worst verdict of the findings; without findings the verdict is not judged, with the reason ``absent``."""
    if not findings:
        return Judged(requirement, Verdict.NOT_JUDGED, absent, ())
    verdicts = [judge(requirement.level, finding.outcome) for finding in findings]
    worst = min(verdicts, key=WORST_FIRST.index)
    reasons = [
        finding.reason for finding, verdict in zip(findings, verdicts, strict=True) if verdict is worst
    ]
    return Judged(requirement, worst, next(filter(None, reasons), ""), tuple(findings))


@dataclass(frozen=True)
class ClassSummary:
    """The verdict on a class, the number of its MUST requirements, and how many of them held or are unstable."""

    required: bool
    verdict: RunVerdict
    must: int
    held: int
    unstable: int = 0


def summarise_class(judged: Iterable[Judged], needs: Needs, *, required: bool) -> ClassSummary:
    """Return the verdict on a class. A class without a MUST is never conformant."""
    musts = [
        item for item in judged if item.requirement.needs is needs and item.requirement.level is Level.MUST
    ]
    held = sum(item.verdict is Verdict.HELD for item in musts)
    unstable = sum(item.verdict is Verdict.UNSTABLE for item in musts)
    if any(item.verdict is Verdict.VIOLATED for item in musts):
        verdict = RunVerdict.NON_CONFORMANT
    elif musts and held == len(musts):
        verdict = RunVerdict.CONFORMANT
    else:
        verdict = RunVerdict.NOT_FULLY_VERIFIED
    return ClassSummary(required, verdict, len(musts), held, unstable)


def summarise(classes: Iterable[ClassSummary], findings: Iterable[Finding]) -> RunVerdict:
    """Return the verdict on a run: one violated MUST of any class, required or not, makes it non-conformant.

    One unstable MUST of any class excludes the verdict conformant.
    """
    classes = list(classes)
    if any(finding.outcome is Outcome.SUITE_FAULT for finding in findings):
        return RunVerdict.INVALID_RUN
    if any(item.verdict is RunVerdict.NON_CONFORMANT for item in classes):
        return RunVerdict.NON_CONFORMANT
    required = [item for item in classes if item.required]
    steady = not any(item.unstable for item in classes)
    if steady and required and all(item.verdict is RunVerdict.CONFORMANT for item in required):
        return RunVerdict.CONFORMANT
    return RunVerdict.NOT_FULLY_VERIFIED


def exit_status(verdict: RunVerdict, *, anything_judged: bool, reachable: bool) -> ExitStatus:
    """Return the exit status of a run that was not interrupted."""
    match verdict:
        case RunVerdict.INVALID_RUN:
            return ExitStatus.SUITE_FAULT
        case RunVerdict.NON_CONFORMANT:
            return ExitStatus.NON_CONFORMANT
        case RunVerdict.CONFORMANT:
            return ExitStatus.CONFORMANT
        case RunVerdict.NOT_FULLY_VERIFIED:
            return (
                ExitStatus.NOTHING_JUDGED
                if reachable and not anything_judged
                else ExitStatus.NOT_FULLY_VERIFIED
            )
        case _:
            assert_never(verdict)
