"""What the reports call things: a shape and a word for every verdict, and plain words for classes and limits."""

from dataclasses import dataclass

from conformance.requirements import Needs
from conformance.results.verdicts import ExitStatus, RunVerdict, Verdict

TITLE = "Compliance of POST /beacon"


@dataclass(frozen=True)
class Word:
    """A verdict as readers see it: never by colour alone."""

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

NOTHING_ASKED = Word("○", "No MUST in this class")

EXITS = {
    ExitStatus.CONFORMANT: "conformant in every required class",
    ExitStatus.NON_CONFORMANT: "non-conformant",
    ExitStatus.INTERRUPTED: "interrupted",
    ExitStatus.SUITE_FAULT: "the suite's own fault",
    ExitStatus.USAGE: "usage or configuration",
    ExitStatus.NOTHING_JUDGED: "nothing judged",
    ExitStatus.NOT_FULLY_VERIFIED: "unreachable, or a required class not fully judged",
    ExitStatus.WAIVER: "a waiver is stale, expired or matches nothing",
}


@dataclass(frozen=True)
class Class:
    """What a class is about, and what a run needs to judge it."""

    about: str
    needs: str


CLASSES = {
    Needs.HTTP: Class(
        "What any HTTP client sees: tokens, batch limits, answers, CORS lines.",
        "a target that answers, a token it knows (--token) and origins that its store allows (--origin,"
        " --other-origin)",
    ),
    Needs.INGESTION: Class(
        "What became of the events: which were stored, which were skipped, and with which values.",
        "read-back of the stored events (--observer)",
    ),
    Needs.STORES: Class(
        "Whose the events are: that a token's store gets them, and no other.",
        "a second store's token (--other-token) and read-back (--observer)",
    ),
    Needs.BROWSER: Class(
        "What a real browser makes of the answers, with fetch and sendBeacon.",
        "a real browser",
    ),
}

A_TARGET = (
    "a target that answers, and knows its token: check its address, its token and the network, then run again"
)
A_WHOLE_RUN = "a run that is left to end"
NO_SELECTION = "a run of the whole suite, with nothing deselected"

REPORT_THE_FAULT = (
    "Report this to the authors of the suite, with results.json: the errors are under what was not judged."
    " Then judge again with a suite that is repaired; nothing here is the target's fault."
)
NOTHING_TO_FIX = (
    "Nothing has to be fixed. Keep results.json beside this page: every report can be made from it again."
)
ADVICE = " What is warned or unstable is worth a look; it blocks nothing."
SEE_NOT_JUDGED = "See below what was not judged and what would judge it, supply that, and run again."

WHAT_IS_MISSING = "another run, once what the reason names is settled"

CERTIFIES_NOTHING = (
    "The target of this run is the reference that comes with the suite. Judging it shows that the suite"
    " works; it certifies nothing about any other implementation."
)

LIMITS = (
    (
        "It speaks of this deployment, at this time, as this run reached it. Another deployment, region or"
        " version needs a run of its own."
    ),
    (
        "It covers the classes that were judged, and no other. What was not judged is never green:"
        " it is neither held nor violated."
    ),
    (
        "It is a black box's verdict: what was sent and what came back. How the target is built, how fast or"
        " how safe it is, and what it does with events that were not sent here, is not judged."
    ),
    "A finite number of requests was sent. What held, held for these; no test proves the absence of faults.",
    (
        "Conformance depends on MUST alone. A SHOULD that does not hold is a warning, and warnings never block."
        " Where the contract is silent the target is observed, and no behaviour is wrong."
    ),
    "What is unstable gave two different answers to the same request; it counts as neither held nor violated.",
    "The bundled reference is an example that holds the contract. A run against it certifies nothing.",
)
"""What a verdict claims and what it does not."""
