"""The words of the reports: a shape and a word for every verdict, and sentences about classes and limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.requirements import Basis, Needs
from conformance.results import Results
from conformance.results.verdicts import ExitStatus, RunVerdict, Verdict

TITLE = "Compliance of POST /beacon"


@dataclass(frozen=True)
class Word:
    """A verdict as readers see it: a shape and a word, so that no reader depends on its colour."""

    shape: str
    text: str


VERDICTS = {
    Verdict.HELD: Word("✓", "held"),
    Verdict.VIOLATED: Word("✗", "violated"),
    Verdict.WARNED: Word("▲", "warned"),
    Verdict.OBSERVED: Word("○", "observed"),
    Verdict.NOT_JUDGED: Word("?", "not judged"),
    Verdict.UNSTABLE: Word("≈", "unstable"),
}

RUN_VERDICTS = {
    RunVerdict.CONFORMANT: Word("✓", "Conformant"),
    RunVerdict.NON_CONFORMANT: Word("✗", "Non-conformant"),
    RunVerdict.NOT_FULLY_VERIFIED: Word("?", "Not fully verified"),
    RunVerdict.INVALID_RUN: Word("≈", "Invalid run"),
}


def level(requirement: Mapping[str, Any]) -> str:
    """Return the level of a requirement, and from which requirement set it counts if it does not count yet."""
    since = requirement.get("provisional")
    return f"{requirement['level']}, counts from {since}" if since else str(requirement["level"])


NOTHING_ASKED = Word("○", "No MUST in this class")

EXITS = {
    ExitStatus.CONFORMANT: "conformant in every required class",
    ExitStatus.NON_CONFORMANT: "non-conformant",
    ExitStatus.INTERRUPTED: "interrupted",
    ExitStatus.SUITE_FAULT: "the suite's own fault",
    ExitStatus.USAGE: "wrong usage or configuration",
    ExitStatus.NOTHING_JUDGED: "nothing judged",
    ExitStatus.NOT_FULLY_VERIFIED: "unreachable, a required class not fully judged, or a MUST unstable",
    ExitStatus.WAIVER: "a waiver is stale, expired or matches nothing",
    ExitStatus.NOT_GENUINE: "not genuine",
}


BASES = {
    Basis.STATED: "A published sentence says it: MUST, or SHOULD if the sentence is advice.",
    Basis.STANDARD: "A standard that the documented calls depend on says it: MUST or SHOULD.",
    Basis.INFERRED: "It follows from a published sentence, but a reasonable implementer could differ: SHOULD at most.",
    Basis.SILENT: "Nothing published says anything about it: it is observed, and never judged (INFO).",
}
"""What each basis of a requirement means, and how binding it can be."""


@dataclass(frozen=True)
class Class:
    """What a class covers, and what a run needs to judge it."""

    about: str
    needs: str


CLASSES = {
    Needs.HTTP: Class(
        "What any HTTP client can see: tokens, batch limits, answers and CORS headers.",
        "a target that answers, a token it knows (--token) and origins that its store allows (--origin,"
        " --other-origin or --other-store-origin)",
    ),
    Needs.INGESTION: Class(
        "What happened to the events: which were stored, which were skipped, and with which values.",
        "read-back of the stored events (--observer)",
    ),
    Needs.STORES: Class(
        "Which store gets the events: the store of the token, and no other.",
        "a second store's token (--other-token) and read-back (--observer)",
    ),
    Needs.BROWSER: Class(
        "What a page of the store can do in a real browser: its events arrive, and it can read the answers.",
        "a real browser (--browser auto) and an origin that the token's store allows (--origin)",
    ),
}

A_TARGET = "a target that answers and accepts its token: check the address, the token and the network, then run again"
A_WHOLE_RUN = "a run that is not interrupted"
NO_SELECTION = "a run of the whole suite, with nothing deselected"
WHAT_IS_MISSING = "another run, after the problem that the reason names is solved"

REPORT_THE_FAULT = (
    "Report this to the authors of the suite, and attach results.json: the errors are listed under what was not"
    " judged. Then judge again with a repaired suite. Nothing here is the target's fault."
)
NOTHING_TO_FIX = (
    "Nothing has to be fixed. Keep results.json next to this page: every report can be made from it again."
)
ADVICE = " A warned or unstable SHOULD is worth a look, but it blocks nothing."
SEE_NOT_JUDGED = "The list below names what was not judged and what it needs. Supply that, and run again."

INTERRUPTED = "The run was interrupted. Requirements that it did not reach are not judged."
CERTIFIES_NOTHING = (
    "The target of this run is the reference that comes with the suite. The run shows that the suite works;"
    " it certifies nothing about any other implementation."
)

LIMITS = (
    (
        "The verdict is about this deployment, at this time, as this run reached it. Another deployment, region"
        " or version needs a run of its own."
    ),
    (
        "It covers only the classes that were judged. A requirement that was not judged is never green: it is"
        " neither held nor violated."
    ),
    (
        "The suite sees only what was sent and what came back. It does not judge how the target is built, how"
        " fast or how secure it is, or what it does with events that this run did not send."
    ),
    (
        "The run sent a limited number of requests. A requirement that held did so for these requests only. No test"
        " proves that there are no faults."
    ),
    (
        "Conformance depends on the MUST requirements alone. A SHOULD that does not hold is a warning, and a"
        " warning never blocks. Where the contract is silent, the target is observed, and no behaviour is wrong."
    ),
    (
        "An unstable requirement did not hold once, and held when it was judged again under the same conditions. It"
        " counts as neither held nor violated, and an unstable MUST excludes the verdict conformant."
    ),
    "The bundled reference is an example of a conforming target. A run against it certifies nothing.",
)
"""What a verdict says, and what it does not say."""


def browser(results: Results) -> str:
    """Return the real browser that judged, in words; empty without one."""
    used = results["run"].get("browser")
    if used is None:
        return ""
    return f"{used['name']} {used['version']} ({used['path']}), sandbox {used['sandbox']}, self-test: {used['self_test']}"


def shown_secrets(results: Results) -> str:
    """Return a sentence about the secrets that this report does not hide; empty if it hides all."""
    names = results["run"].get("shown_secrets", ())
    if not names:
        return ""
    one = len(names) == 1
    return (
        f"Not hidden in this report, because {'it is' if one else 'they are'} too short or too common:"
        f" {', '.join(names)}. A long random one is hidden."
    )
