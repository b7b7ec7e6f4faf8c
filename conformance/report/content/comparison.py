"""The words and sentences of a comparison, in every format. Pure functions."""

from conformance.report.content import selection, words
from conformance.report.content.words import Word
from conformance.results.comparison import Change, Comparison, Difference, Run, Step
from conformance.results.verdicts import Verdict

TITLE = "Comparison of runs of POST /beacon"
NOT_ASKED = Word("·", "not asked")
CHANGES = {
    Change.WORSE: Word("↓", "worse"),
    Change.NO_LONGER_JUDGED: Word("?", "no longer judged"),
    Change.BETTER: Word("↑", "better"),
    Change.NEWLY_JUDGED: Word("+", "newly judged"),
    Change.OTHERWISE: Word("~", "judged at another level"),
}
"""The word for each change, in the order of the reports."""
KIND = {
    Change.WORSE: "violated",
    Change.NO_LONGER_JUDGED: "not-judged",
    Change.BETTER: "held",
    Change.NEWLY_JUDGED: "observed",
    Change.OTHERWISE: "warned",
}
"""For each change, the verdict with the same colour."""


def word(verdict: Verdict | None) -> Word:
    """Return the word for a verdict; None stands for a requirement that the suite of a run did not know."""
    return words.VERDICTS[verdict] if verdict else NOT_ASKED


def format_run(run: Run) -> str:
    """Return target, run, suite and verdict of a run in one line."""
    results = run.results
    target = "the bundled reference" if results["target"]["kind"] == "reference" else results["target"]["url"]
    suite = results["suite"]
    named = results["target"].get("implementation", "")
    about = f"{named} at {target}" if named else target
    return (
        f"{about}, run {results['run']['id']} of {results['run']['started']},"
        f" {suite['name']} {suite['version']}: {words.RUN_VERDICTS[run.verdict].text.lower()}"
    )


def identity(step: Step) -> list[str]:
    """Return what differs between two runs apart from verdicts; the first line is about target and suite."""
    changed = {fact.name for fact in step.facts if fact.changed}
    target = "has changed" if "target" in changed else "is the same"
    suite = "has changed" if changed & {"suite version", "requirement set"} else "is the same"
    more = [f"{fact.name}: {fact.before} → {fact.after}" for fact in step.facts if fact.changed]
    return [f"The target {target}; the suite {suite}.", *more]


def counted(step: Step) -> str:
    """Return the number of requirements for each change, in one line."""
    named = [
        f"{count} {described.text}"
        for change, described in CHANGES.items()
        if (count := len(step.having(change)))
    ]
    return ", ".join(named) or "every requirement has the same verdict"


def classes(step: Step) -> list[str]:
    """Return the verdicts that changed, of the run and of its classes."""
    return [
        f"{item.name if item.name == 'run' else f'class {item.name}'}:"
        f" {words.RUN_VERDICTS[item.before].text.lower()} → {words.RUN_VERDICTS[item.after].text.lower()}"
        for item in step.classes
        if item.before is not item.after
    ]


def conclusion(comparison: Comparison) -> str:
    """Return the sentence that says whether anything got worse."""
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
    """Return in one line why the later run has its verdict or, if it is good, why the earlier run had its verdict."""
    for verdict, item in (
        (difference.after, difference.requirement),
        (difference.before, difference.earlier),
    ):
        if verdict in {*selection.FAILING, Verdict.NOT_JUDGED} and item is not None:
            reason = selection.reason(item)
            return reason if verdict is difference.after else f"before: {reason}"
    return ""
