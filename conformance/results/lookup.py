"""Finds one check in a results file, and the options that judge it again. Pure."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from conformance.requirements import Needs
from conformance.results import Results
from conformance.results.verdicts import ExitStatus, Verdict

MOST = 12
"""The most candidates that an error names."""
ANY_BROWSER = "--browser=auto"
FAILING = {Verdict.VIOLATED, Verdict.WARNED, Verdict.UNSTABLE}


class NoSuchCheck(ValueError):
    """A name matches no check of a results file, or several; the text names the candidates."""


@dataclass(frozen=True)
class Found:
    """A finding and its requirement, in the form of ``results.json``."""

    requirement: dict[str, Any]
    finding: dict[str, Any]

    @property
    def check(self) -> str:
        """The full name of the check."""
        return str(self.finding["check"])


def find(results: Results, name: str) -> Found:
    """Return the finding of a check by the check's name, the beginning of that name, or a requirement's id.

    A requirement id stands for the failed checks of the requirement, if any failed. Raises NoSuchCheck if not exactly
    one finding matches.
    """
    every = list(_every(results))
    of_it = [one for one in every if one.requirement["id"] == name]
    candidates = (
        [one for one in every if one.check == name]
        or [one for one in every if one.check.startswith(name)]
        or [one for one in of_it if one.finding["verdict"] in FAILING]
        or of_it
    )
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise NoSuchCheck(f"{name}: matches {len(candidates)} checks; write one of {_listed(candidates)}")
    names = [*(one.check for one in every), *dict.fromkeys(one.requirement["id"] for one in every)]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    raise NoSuchCheck(
        f"{name}: there is no such check in the results{f'; did you mean {close[0]}?' if close else ''}"
    )


def find_all(results: Results, name: str) -> tuple[Found, ...]:
    """Return the findings that a name stands for: of a check, a requirement, a chapter or a pattern such as ``cors.*``.

    Of a requirement, a chapter, a pattern and the beginning of a check's name, they are those that failed; of a requirement
    or a beginning of which none failed, they are all. Raises NoSuchCheck if nothing matches.
    """
    every = list(_every(results))
    exact = [one for one in every if one.check == name]
    of_it = [one for one in every if name == one.requirement["id"]]
    wide = [one for one in every if name == one.requirement["chapter"] or _matches(one, name)]
    begins = [one for one in every if one.check.startswith(name)]
    if exact:
        return tuple(exact)
    for group in (of_it, begins):
        if group:
            return tuple(_failed(group) or group)
    if wide and not _failed(wide):
        raise NoSuchCheck(f"{name}: no check of it failed in these results")
    return tuple(_failed(wide)) or (find(results, name),)


def _failed(group: Sequence[Found]) -> list[Found]:
    return [one for one in group if one.finding["verdict"] in FAILING]


def _matches(one: Found, name: str) -> bool:
    return bool(set(name) & set("*?[")) and fnmatchcase(one.requirement["id"], name)


def _every(results: Results) -> Iterator[Found]:
    for requirement in results["requirements"]:
        yield from of(requirement)


def of(requirement: dict[str, Any]) -> list[Found]:
    """Return the findings of a requirement."""
    return [Found(requirement, finding) for finding in requirement["findings"]]


def _listed(candidates: Sequence[Found]) -> str:
    more = f" and {len(candidates) - MOST} more" if len(candidates) > MOST else ""
    return ", ".join(one.check for one in candidates[:MOST]) + more


def rerun_options(results: Results, found: Sequence[Found]) -> list[str]:
    """Return the options of a run that judges checks again, with the same generated batches; of several, their requirements.

    The target is not among them: only the user may say who gets the user's token.
    """
    return [
        f"--seed={results['run']['seed']}",
        f"--effort={results['run'].get('effort', 'standard')}",
        *(f"--requirement={name}" for name in dict.fromkeys(one.requirement["id"] for one in found)),
        *([f"--check={found[0].check}"] if len(found) == 1 else []),
        *([f"--set={results['suite']['set']}"] if "set" in results["suite"] else []),
        *([ANY_BROWSER] if any(one.requirement["class"] == Needs.BROWSER for one in found) else []),
        *(
            "--waivers=",
            "--replay=",
            "--challenge=",
        ),  # the environment may set these, but they are for whole runs
    ]


def exit_status_of_all(findings: Sequence[dict[str, Any]]) -> ExitStatus:
    """Return the exit status of ``repeat`` for several checks: 1 if one fails, else 6 if one was not judged, else 0."""
    statuses = {exit_status_of(finding) for finding in findings}
    worst_first = (ExitStatus.NON_CONFORMANT, ExitStatus.NOT_FULLY_VERIFIED)
    return next((status for status in worst_first if status in statuses), ExitStatus.CONFORMANT)


def exit_status_of(finding: dict[str, Any]) -> ExitStatus:
    """Return the exit status of ``repeat``. It depends on whether the check passed this time, not on its level."""
    match Verdict(finding["verdict"]):
        case Verdict.HELD | Verdict.OBSERVED:
            return ExitStatus.CONFORMANT
        case Verdict.VIOLATED | Verdict.WARNED:
            return ExitStatus.NON_CONFORMANT
        case _:
            return ExitStatus.NOT_FULLY_VERIFIED
