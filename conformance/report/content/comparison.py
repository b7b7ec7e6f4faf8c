"""What every face of a comparison says: its words, its sentences and why a requirement changed; pure functions."""

from conformance.report.content import selection, words
from conformance.report.content.words import Word
from conformance.results.comparison import Change, Comparison, Difference, Run, Step
from conformance.results.verdicts import Verdict

TITLE = "Runs of POST /beacon compared"
NOT_ASKED = Word("·", "not asked")
CHANGES = {
    Change.WORSE: Word("↓", "worse"),
    Change.NO_LONGER_JUDGED: Word("?", "no longer judged"),
    Change.BETTER: Word("↑", "better"),
    Change.NEWLY_JUDGED: Word("+", "newly judged"),
    Change.OTHERWISE: Word("~", "judged at another level"),
}
"""In the order of the reports."""
KIND = {
    Change.WORSE: "violated",
    Change.NO_LONGER_JUDGED: "not-judged",
    Change.BETTER: "held",
    Change.NEWLY_JUDGED: "observed",
    Change.OTHERWISE: "warned",
}
"""The verdict whose colour a change has."""


def word(verdict: Verdict | None) -> Word:
    """Return a verdict as readers see it; None is that of a requirement that a run's suite did not know."""
    return words.VERDICTS[verdict] if verdict else NOT_ASKED


def format_run(run: Run) -> str:
    """Return in one line what a run was."""
    results = run.results
    target = "the bundled reference" if results["target"]["kind"] == "reference" else results["target"]["url"]
    suite = results["suite"]
    return (
        f"{target}, run {results['run']['id']} of {results['run']['started']},"
        f" {suite['name']} {suite['version']}: {words.RUN_VERDICTS[run.verdict].text.lower()}"
    )


def identity(step: Step) -> list[str]:
    """Return what differs between two runs beside verdicts, and first whether target and suite are the same."""
    changed = {fact.name for fact in step.facts if fact.changed}
    target = "changed" if "target" in changed else "the same"
    suite = "changed" if changed & {"suite version", "requirement set"} else "the same"
    more = [f"{fact.name}: {fact.before} → {fact.after}" for fact in step.facts if fact.changed]
    return [f"The target is {target}; the suite is {suite}.", *more]


def counted(step: Step) -> str:
    """Return in one line how many requirements changed, and how."""
    named = [
        f"{count} {described.text}"
        for change, described in CHANGES.items()
        if (count := len(step.having(change)))
    ]
    return ", ".join(named) or "every requirement has the same verdict"


def classes(step: Step) -> list[str]:
    """Return the verdicts of the run and its classes that changed."""
    return [
        f"{item.name if item.name == 'run' else f'class {item.name}'}:"
        f" {words.RUN_VERDICTS[item.before].text.lower()} → {words.RUN_VERDICTS[item.after].text.lower()}"
        for item in step.classes
        if item.before is not item.after
    ]


def conclusion(comparison: Comparison) -> str:
    """Return the sentence that a gate acts on."""
    worse = [step.after.label for step in comparison.steps if step.is_worse]
    first = comparison.runs[0].label
    if not worse:
        others = " or ".join(step.after.label for step in comparison.steps)
        return f"Nothing got worse from {first} to {others}."
    *rest, last = worse
    if not rest:
        return f"{last} is worse than {first}."
    return f"{', '.join(rest)} and {last} are worse than {first}."


def why(difference: Difference) -> str:
    """Return in one line what the later run saw, or where it saw nothing wrong the earlier one."""
    for verdict, item in (
        (difference.after, difference.requirement),
        (difference.before, difference.earlier),
    ):
        if verdict in {*selection.FAILING, Verdict.NOT_JUDGED} and item is not None:
            findings = selection.failing(dict(item))
            came = selection.why(findings[0]) if findings else item["reason"]
            return came if verdict is difference.after else f"before: {came}"
    return ""
