"""The words and sentences of a comparison, in every format. Pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.report.content import selection, words
from conformance.report.content.excerpts import cut
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
DIFFERS = "differs: "
OBSERVED = "observed differently"
MOST_SEEN = 3
"""The number of observations that are shown of one run."""
LONGEST_SEEN = 160
"""Characters of one observation."""


@dataclass(frozen=True)
class Observation:
    """What two runs observed about a requirement that is never judged, where it is not the same."""

    requirement: Mapping[str, Any]
    before: str
    after: str


def changes(step: Step) -> dict[Change, Word]:
    """Return the word for each change. Two implementations differ: neither of them has become what it is."""
    if not step.is_across:
        return CHANGES
    first, second = step.before.called, step.after.called
    texts = {
        Change.WORSE: f"{DIFFERS}worse in {second}",
        Change.NO_LONGER_JUDGED: f"{DIFFERS}judged only in {first}",
        Change.BETTER: f"{DIFFERS}better in {second}",
        Change.NEWLY_JUDGED: f"{DIFFERS}judged only in {second}",
        Change.OTHERWISE: f"{DIFFERS}{CHANGES[Change.OTHERWISE].text}",
    }
    return {change: Word(CHANGES[change].shape, text) for change, text in texts.items()}


def between(step: Step) -> str:
    """Return the names of the two runs of a step."""
    return f"{step.before.called} {'and' if step.is_across else '→'} {step.after.called}"


def word(verdict: Verdict | None) -> Word:
    """Return the word for a verdict; None stands for a requirement that the suite of a run did not know."""
    return words.VERDICTS[verdict] if verdict else NOT_ASKED


def about(run: Run) -> str:
    """Return implementation, target, run and suite of a run in one line."""
    results = run.results
    suite = results["suite"]
    named = results["target"].get("implementation", "")
    judged = f"{named} at {run.target}" if named else run.target
    return f"{judged}, run {results['run']['id']} of {results['run']['started']}, {suite['name']} {suite['version']}"


def format_run(run: Run) -> str:
    """Return what is said about a run, and its verdict, in one line."""
    return f"{about(run)}: {words.RUN_VERDICTS[run.verdict].text.lower()}"


def identity(step: Step) -> list[str]:
    """Return what differs between two runs apart from verdicts; the first line is about target and suite."""
    changed = {fact.name for fact in step.facts if fact.changed}
    arrow = " and " if step.is_across else " → "
    more = [f"{fact.name}: {fact.before}{arrow}{fact.after}" for fact in step.facts if fact.changed]
    return [f"{_target(step, changed)}; {_suite(step, changed)}.", *more]


def _target(step: Step, changed: set[str]) -> str:
    if step.is_across:
        named = step.before.implementation and step.after.implementation
        return "The implementations differ" if named else "The targets differ"
    return "The target has changed" if "target" in changed else "The target is the same"


def _suite(step: Step, changed: set[str]) -> str:
    if not changed & {"suite version", "requirement set"}:
        return "the suite is the same"
    return "the suites differ" if step.is_across else "the suite has changed"


def counted(step: Step) -> str:
    """Return the number of requirements for each change, in one line."""
    named = [
        f"{count} {described.text.removeprefix(DIFFERS)}"
        for change, described in changes(step).items()
        if (count := len(step.having(change)))
    ]
    return ", ".join(named) or "every requirement has the same verdict"


def classes(step: Step) -> list[str]:
    """Return the verdicts that changed, of the run and of its classes."""
    arrow = "and" if step.is_across else "→"
    return [
        f"{item.name if item.name == 'run' else f'class {item.name}'}:"
        f" {words.RUN_VERDICTS[item.before].text.lower()} {arrow} {words.RUN_VERDICTS[item.after].text.lower()}"
        for item in step.classes
        if item.before is not item.after
    ]


def conclusion(comparison: Comparison) -> str:
    """Return the sentence that says whether anything got worse."""
    worse = [step.after.called for step in comparison.steps if step.is_worse]
    first = comparison.runs[0].called
    if not worse:
        others = " or ".join(step.after.called for step in comparison.steps)
        if any(step.is_across for step in comparison.steps):
            return f"Nothing is worse in {others} than in {first}."
        return f"Nothing got worse from {first} to {others}."
    *rest, last = worse
    if not rest:
        return f"{last} is worse than {first}."
    return f"{', '.join(rest)} and {last} are worse than {first}."


def why(difference: Difference, step: Step) -> str:
    """Return in one line why the later run has its verdict or, if it is good, why the earlier run had its verdict."""
    earlier = step.before.called if step.is_across else "before"
    for verdict, item in (
        (difference.after, difference.requirement),
        (difference.before, difference.earlier),
    ):
        if verdict in {*selection.FAILING, Verdict.NOT_JUDGED} and item is not None:
            reason = selection.reason(item)
            return reason if verdict is difference.after else f"{earlier}: {reason}"
    return ""


def observed(step: Step) -> list[Observation]:
    """Return the requirements about which both runs observed something, and not the same."""
    return [
        Observation(item.requirement, seen(item.earlier), seen(item.requirement))
        for item in step.differences
        if item.before is item.after is Verdict.OBSERVED
        and item.earlier is not None
        and selection.seen(dict(item.earlier)) != selection.seen(dict(item.requirement))
    ]


def seen(requirement: Mapping[str, Any]) -> str:
    """Return in one line what a run observed; empty if the requirement is judged."""
    if requirement["verdict"] != Verdict.OBSERVED:
        return ""
    things = selection.seen(dict(requirement))
    texts = [_thing(thing) for thing in things[:MOST_SEEN]]
    hidden = [f"and {len(things) - MOST_SEEN} more"] if len(things) > MOST_SEEN else []
    return "; ".join([*texts, *hidden])


def _thing(thing: selection.Seen) -> str:
    text = cut(thing.text, LONGEST_SEEN)
    if not thing.cases:
        return text
    more = ", …" if len(thing.cases) > MOST_SEEN else ""
    return f"{text} ({', '.join(thing.cases[:MOST_SEEN])}{more})"
