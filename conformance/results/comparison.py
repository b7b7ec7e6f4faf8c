"""Compares results files: which requirements got worse or better, and whether the runs judged the same. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from conformance.results import Results
from conformance.results.verdicts import RunVerdict, Verdict

LETTERS = 26
BADNESS = {
    Verdict.HELD: 0,
    Verdict.OBSERVED: 0,
    Verdict.UNSTABLE: 1,
    Verdict.WARNED: 2,
    Verdict.VIOLATED: 3,
}
"""A rank for each verdict on a requirement that was judged; a higher one is worse. The other verdicts have no rank."""
RUN_BADNESS = {
    RunVerdict.CONFORMANT: 0,
    RunVerdict.NOT_FULLY_VERIFIED: 1,
    RunVerdict.NON_CONFORMANT: 2,
    RunVerdict.INVALID_RUN: 3,
}


VERSION = re.compile(r"\s+\S*\d\S*$")
"""A version at the end of the name of an implementation."""
DIGESTS = {"requirement set", "OpenAPI description"}
SHORT = 16
"""Characters of a digest that are compared and shown: files of version 0.1.0 have no more."""


class Change(StrEnum):
    """How a requirement or a class changed from one run to another."""

    WORSE = "worse"
    NO_LONGER_JUDGED = "no longer judged"
    BETTER = "better"
    NEWLY_JUDGED = "newly judged"
    OTHERWISE = "judged at another level"
    SAME = "the same"


@dataclass(frozen=True)
class Run:
    """One results file."""

    label: str
    """One or more letters, in the order of the files."""
    name: str
    """The file name as the user gave it."""
    results: Results
    given: str = ""
    """The name that the user gave the run; empty: none."""

    @property
    def called(self) -> str:
        """The name of the run in sentences: the given one, or its letters."""
        return self.given or self.label

    @property
    def implementation(self) -> str:
        """The name of what was judged, without its version; empty if the run did not name it."""
        return VERSION.sub("", self.results["target"].get("implementation", ""))

    @property
    def target(self) -> str:
        """What was judged. The bundled reference listens on a different port in each run."""
        target = self.results["target"]
        return "the bundled reference" if target["kind"] == "reference" else str(target["url"])

    @cached_property
    def requirements(self) -> Mapping[str, dict[str, Any]]:
        """The requirements of the run, by id."""
        return {item["id"]: item for item in self.results["requirements"]}

    @property
    def verdict(self) -> RunVerdict:
        """The run's verdict."""
        return RunVerdict(self.results["verdict"])

    @property
    def judged_nothing(self) -> bool:
        """Whether no requirement was judged or observed."""
        return all(item["verdict"] == Verdict.NOT_JUDGED for item in self.results["requirements"])

    def verdict_of(self, identifier: str) -> Verdict | None:
        """Return the verdict of a requirement, or None if the suite of the run did not know it."""
        item = self.requirements.get(identifier)
        return Verdict(item["verdict"]) if item else None


@dataclass(frozen=True)
class Fact:
    """One fact of two runs that should be the same for a fair comparison."""

    name: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the fact differs between the runs."""
        return self.before != self.after


@dataclass(frozen=True)
class Difference:
    """One requirement in two runs."""

    before: Verdict | None
    """None if the suite of that run did not know the requirement."""
    after: Verdict | None
    requirement: Mapping[str, Any]
    """The requirement in the later run, or in the earlier run if the later one does not have it."""
    earlier: Mapping[str, Any] | None
    """The requirement in the earlier run, if that has it."""

    @property
    def change(self) -> Change:
        """The kind of change."""
        before = BADNESS.get(self.before) if self.before else None
        after = BADNESS.get(self.after) if self.after else None
        if before is None or after is None:
            if before is None and after is None:
                return Change.SAME
            return Change.NEWLY_JUDGED if before is None else Change.NO_LONGER_JUDGED
        if before != after:
            return Change.WORSE if after > before else Change.BETTER
        return Change.SAME if self.before is self.after else Change.OTHERWISE


@dataclass(frozen=True)
class ClassChange:
    """The verdicts on one class in two runs; the name ``run`` stands for the whole runs."""

    name: str
    before: RunVerdict
    after: RunVerdict

    @property
    def change(self) -> Change:
        """The kind of change."""
        before, after = RUN_BADNESS[self.before], RUN_BADNESS[self.after]
        if before == after:
            return Change.SAME
        return Change.WORSE if after > before else Change.BETTER


@dataclass(frozen=True)
class Step:
    """The comparison of one run with the first."""

    before: Run
    after: Run
    facts: tuple[Fact, ...]
    classes: tuple[ClassChange, ...]
    differences: tuple[Difference, ...]

    @property
    def is_across(self) -> bool:
        """Whether two implementations are compared, and not two states of one: by their names, otherwise by their URLs."""
        runs = (self.before, self.after)
        if all(run.implementation for run in runs):
            return self.before.implementation != self.after.implementation
        return self.before.target != self.after.target

    def having(self, change: Change) -> list[Difference]:
        """Return the differences of one kind of change."""
        return [item for item in self.differences if item.change is change]

    @property
    def is_worse(self) -> bool:
        """Whether a requirement or a class got worse, or nothing is judged any more.

        A class that is no longer fully verified got worse: a requirement that was not judged is never green.
        """
        changes = [item.change for item in self.differences] + [item.change for item in self.classes]
        silent = self.after.judged_nothing and not self.before.judged_nothing
        return silent or Change.WORSE in changes


@dataclass(frozen=True)
class Row:
    """One requirement in every run."""

    requirement: Mapping[str, Any]
    verdicts: tuple[Verdict | None, ...]

    @property
    def is_uneventful(self) -> bool:
        """Whether it is held or observed, and the same in every run."""
        return len(set(self.verdicts)) == 1 and self.verdicts[0] in {Verdict.HELD, Verdict.OBSERVED}


@dataclass(frozen=True)
class Comparison:
    """Two runs or more."""

    runs: tuple[Run, ...]
    steps: tuple[Step, ...]
    """The comparison of each other run with the first."""
    rows: tuple[Row, ...]

    @property
    def is_worse(self) -> bool:
        """Whether any run is worse than the first."""
        return any(step.is_worse for step in self.steps)


def compare(named: Sequence[tuple[str, Results]], names: Sequence[str] = ()) -> Comparison:
    """Compare results with the first of them. Each comes with the name of its file; ``names`` are the user's, or empty."""
    given = names or [""] * len(named)
    runs = [
        Run(_label(index), file, results, name)
        for index, ((file, results), name) in enumerate(zip(named, given, strict=True))
    ]
    known: dict[str, Mapping[str, Any]] = {}
    for run in reversed(runs):
        known |= run.requirements
    order = sorted(known, key=_places(runs).__getitem__)
    rows = [Row(known[name], tuple(run.verdict_of(name) for run in runs)) for name in order]
    return Comparison(tuple(runs), tuple(_step(runs[0], run, order) for run in runs[1:]), tuple(rows))


def _label(index: int) -> str:
    """Return A to Z, then AA, AB and so on."""
    return (_label(index // LETTERS - 1) if index >= LETTERS else "") + chr(ord("A") + index % LETTERS)


def _places(runs: Sequence[Run]) -> dict[str, tuple[int, int]]:
    """Return the place of each requirement: chapters and requirements in the order in which the runs first name them."""
    chapters: dict[str, int] = {}
    places: dict[str, tuple[int, int]] = {}
    for run in runs:
        for name, item in run.requirements.items():
            chapter = chapters.setdefault(item["chapter"], len(chapters))
            places.setdefault(name, (chapter, len(places)))
    return places


def _step(before: Run, after: Run, order: Sequence[str]) -> Step:
    differences = [
        Difference(
            before.verdict_of(name),
            after.verdict_of(name),
            after.requirements.get(name) or before.requirements[name],
            before.requirements.get(name),
        )
        for name in order
    ]
    return Step(
        before, after, tuple(_facts(before, after)), tuple(_classes(before, after)), tuple(differences)
    )


def _facts(before: Run, after: Run) -> Iterator[Fact]:
    yield Fact("target", before.target, after.target)
    for name, keys in {
        "read-back": ("target", "observer"),
        "suite version": ("suite", "version"),
        "requirement set": ("suite", "requirements"),
        "OpenAPI description": ("suite", "openapi"),
        "seed": ("run", "seed"),
    }.items():
        values = [str(run.results[keys[0]][keys[1]]) or "none" for run in (before, after)]
        if name in DIGESTS:
            values = [value[:SHORT] for value in values]
        yield Fact(name, *values)
    implementations = [
        str(run.results["target"].get("implementation", "not named")) for run in (before, after)
    ]
    yield Fact("implementation", *implementations)
    required = [
        ", ".join(name for name, item in run.results["classes"].items() if item["required"])
        for run in (before, after)
    ]
    yield Fact("required classes", *required)


def _classes(before: Run, after: Run) -> Iterator[ClassChange]:
    yield ClassChange("run", before.verdict, after.verdict)
    for name, item in after.results["classes"].items():
        earlier = before.results["classes"].get(name)
        if earlier:
            yield ClassChange(name, RunVerdict(earlier["verdict"]), RunVerdict(item["verdict"]))
