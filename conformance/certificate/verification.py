"""What a reviewer can check of a folder with results and a certificate: one line for each level, then what was not shown."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance import results as results_file
from conformance.certificate import statement as stating
from conformance.certificate.envelope import read_bytes, read_envelope
from conformance.certificate.errors import NotGenuine, UnusableCertificate
from conformance.certificate.fitting import misfit
from conformance.certificate.trust import TrustedKey, signer_of
from conformance.requirements.sets import UnknownSet, errata, find_set
from conformance.results import Results, limits
from conformance.results.derivation import rederived
from conformance.results.package import package_digest
from conformance.results.verdicts import ExitStatus, RunVerdict
from conformance.settings import Effort
from conformance.settings.challenge import fits

CERTIFICATE = "certificate.json"
NO_RECORDING = "no recording was sent; whoever signed could have changed the findings"
NOT_REJUDGED = "not asked; whoever signed could have changed the findings"
JudgeAgain = Callable[[Path, Results], tuple[ExitStatus, str]]
"""Judges the recording in a folder again; returns the status of ``rejudge`` and what it says in one line."""
LONGEST_NAME = 300
"""Characters of what the signer says about the implementation."""
AHEAD = timedelta(days=1)
"""How far a run's end may lie in the future, since clocks differ."""


class State(StrEnum):
    """What was found about one level."""

    HOLDS = "✓"
    FAILS = "✗"
    NOT_ASKED = "·"


@dataclass(frozen=True)
class Line:
    """One level and what was found about it."""

    name: str
    state: State
    text: str
    status: ExitStatus = ExitStatus.CONFORMANT
    """The exit status that it causes."""


@dataclass(frozen=True)
class Asked:
    """What a reviewer asks for; an empty value asks for nothing."""

    now: datetime
    trusted: tuple[TrustedKey, ...] = ()
    requirement_set: str = ""
    longest_age: timedelta | None = None
    challenge: str = ""
    target: str = ""
    classes: tuple[str, ...] = ()
    same_suite: bool = False
    """Whether the suite that judged must have the files of this copy."""


@dataclass
class Checked:
    """What was found about a folder."""

    lines: list[Line] = field(default_factory=list)
    results: Results | None = None
    """None if the results are not genuine."""
    implementation: Mapping[str, str] = field(default_factory=dict)
    """What the signer says about the implementation; empty if no trusted key signed."""

    @property
    def status(self) -> ExitStatus:
        """The exit status: the gravest of all lines."""
        statuses = {line.status for line in self.lines}
        return next((one for one in GRAVEST_FIRST if one in statuses), ExitStatus.CONFORMANT)

    def state_of(self, name: str) -> State:
        """Return what was found about a level."""
        return next((line.state for line in self.lines if line.name == name), State.NOT_ASKED)


GRAVEST_FIRST = (ExitStatus.NOT_GENUINE, ExitStatus.NOT_FULLY_VERIFIED, ExitStatus.NON_CONFORMANT)


def check_folder(folder: Path, asked: Asked, judge_again: JudgeAgain | None = None) -> Checked:
    """Check the results and the certificate in a folder. With ``judge_again``, also its recording, if it has one.

    Raises UnusableCertificate or UnusableResults, and what ``judge_again`` raises.
    """
    checked = Checked()
    content = read_bytes(folder / stating.RESULTS, limits.LONGEST_FILE)
    envelope = read_envelope(folder / CERTIFICATE)
    try:
        results = results_file.parse(content, str(folder / stating.RESULTS))
    except results_file.ChangedResults as error:
        why = str(error).partition(f"{stating.RESULTS}: ")[2] or str(error)
        checked.lines.append(Line("derived", State.FAILS, why, ExitStatus.NOT_GENUINE))
        return checked
    checked.results = results
    path = folder / stating.RECORDING
    recording = read_bytes(path, stating.LONGEST_RECORDING) if path.exists() else None
    named: Collection[str] = ()
    checked.lines.append(
        Line("derived", State.HOLDS, "every verdict, class and count follows from the findings in the file")
    )
    if asked.trusted:
        try:
            signer = signer_of(envelope, asked.trusted, asked.now.date())
            statement = stating.parse_statement(envelope.payload)
            named = stating.named_by(statement)
            stating.check_statement(statement, results, content, recording)
        except NotGenuine as error:
            checked.lines.append(Line("signed by", State.FAILS, str(error), ExitStatus.NOT_GENUINE))
        else:
            checked.implementation = stating.implementation_of(statement)
            checked.lines.append(Line("signed by", State.HOLDS, _signer(signer, checked.implementation)))
    else:
        checked.lines.append(Line("signed by", State.NOT_ASKED, "not asked: no key was given"))
    if recording is None:
        checked.lines.append(_without_recording(named))
    elif judge_again is None:
        checked.lines.append(Line("rejudged", State.NOT_ASKED, NOT_REJUDGED))
    else:
        checked.lines.append(_rejudged(*judge_again(folder, results)))
    checked.lines += _lines(results, asked)
    return checked


def _without_recording(named: Collection[str]) -> Line:
    if stating.RECORDING in named:
        return _line(
            "rejudged", "the certificate names a recording, and the folder has none: ask for it", holds=False
        )
    return Line("rejudged", State.NOT_ASKED, NO_RECORDING)


def _rejudged(status: ExitStatus, text: str) -> Line:
    if status in {ExitStatus.NOT_GENUINE, ExitStatus.NOT_FULLY_VERIFIED}:
        return Line("rejudged", State.FAILS, text, status)
    return Line("rejudged", State.HOLDS, text)


def _signer(signer: TrustedKey, said: Mapping[str, str]) -> str:
    names = (said.get("organization", ""), said.get("project", ""), said.get("version", ""))
    about = " ".join(filter(None, names))[:LONGEST_NAME]
    return f"{signer.name}, for {about}"


def _lines(results: Results, asked: Asked) -> Iterator[Line]:
    yield _set(results, asked.requirement_set)
    yield _suite(results, asked=asked.same_suite)
    yield _age(results, asked)
    yield _challenge(results, asked.challenge)
    yield _target(results, asked.target)
    yield _verdict(results, asked.classes)


def _line(name: str, text: str, *, holds: bool) -> Line:
    if holds:
        return Line(name, State.HOLDS, text)
    return Line(name, State.FAILS, text, ExitStatus.NON_CONFORMANT)


def _set(results: Results, wanted: str) -> Line:
    name = results["suite"].get("set", "")
    if not name:
        return _line("set", "the results name no requirement set", holds=False)
    if wanted and wanted != name:
        return _line("set", f"{wanted} was asked for, and the run judged by {name}", holds=False)
    try:
        chosen = find_set(name)
    except UnknownSet as error:
        return Line("set", State.FAILS, f"{error}; take a newer version", ExitStatus.NOT_FULLY_VERIFIED)
    if why := misfit(results, chosen):
        return Line("set", State.FAILS, why, ExitStatus.NOT_GENUINE)
    return Line(
        "set", State.HOLDS, f"{name}, every requirement of it" + ("" if wanted else "; none was asked for")
    )


def _suite(results: Results, *, asked: bool) -> Line:
    version, digest = results["suite"]["version"], results["suite"].get("package", "")
    if not asked:
        return Line("suite", State.NOT_ASKED, f"not asked; the results name version {version}")
    if digest == package_digest():
        return Line("suite", State.HOLDS, f"version {version}, with the files of this copy")
    said = f"version {version} with the digest {digest or 'unknown'} judged; this copy has version {__version__} with {package_digest()}"
    return Line("suite", State.FAILS, said, ExitStatus.NOT_GENUINE)


def _age(results: Results, asked: Asked) -> Line:
    finished = datetime.fromisoformat(results["run"]["finished"])
    age = asked.now - finished
    said = f"the run ended on {finished.astimezone(UTC).date()}, {max(age.days, 0)} days ago"
    if age < -AHEAD:
        return _line(
            "age", f"the run ended on {finished.astimezone(UTC).date()}, which is in the future", holds=False
        )
    if asked.longest_age is None:
        return Line("age", State.NOT_ASKED, f"not asked; {said}")
    return _line(
        "age", f"{said}; at most {asked.longest_age.days} were asked for", holds=age <= asked.longest_age
    )


def _challenge(results: Results, challenge: str) -> Line:
    run = results["run"]
    if not challenge:
        return Line("challenge", State.NOT_ASKED, "not asked")
    if run.get("challenge") == challenge and fits(challenge, run["id"], run["seed"]):
        return _line("challenge", f"{challenge} is in the run's id, and decided its seed", holds=True)
    return _line("challenge", f"the run {run['id']} was not made for {challenge}", holds=False)


def _target(results: Results, wanted: str) -> Line:
    target = results["target"]
    if target["kind"] == "reference":
        return _line("target", "the bundled reference was judged, which certifies nothing", holds=False)
    if not wanted:
        return Line("target", State.NOT_ASKED, f"not asked; the results name {target['url']}")
    same = target["url"] == wanted.strip().rstrip("/")
    return _line("target", target["url"] if same else f"the results name {target['url']}", holds=same)


def _verdict(results: Results, classes: tuple[str, ...]) -> Line:
    withdrawn = errata().keys() & {item["id"] for item in results["requirements"]}
    derived: Mapping[str, Any] = rederived(results, withdrawn) if withdrawn else results
    required = [name for name, item in derived["classes"].items() if item["required"]]
    missing = [
        name
        for name in classes
        if name not in derived["classes"] or derived["classes"][name]["verdict"] != RunVerdict.CONFORMANT
    ]
    if missing:
        return _line("verdict", f"class {missing[0]} was asked for, and is not conformant", holds=False)
    if results["run"].get("effort") == Effort.QUICK:
        return _line("verdict", "effort quick runs only a part of the checks", holds=False)
    without = f", without the withdrawn {', '.join(sorted(withdrawn))}" if withdrawn else ""
    said = f"{derived['verdict']} in {', '.join(required)}{without}"
    return _line("verdict", said, holds=derived["verdict"] == RunVerdict.CONFORMANT)


def not_shown(checked: Checked) -> str:
    """Return in one sentence what was not shown."""
    gaps = []
    if checked.state_of("derived") is State.FAILS:
        return "Not shown: anything; the results are not as a run wrote them."
    if checked.state_of("signed by") is not State.HOLDS:
        gaps.append("who made these files")
    if checked.state_of("rejudged") is State.HOLDS:
        gaps.append("that the recorded replies came from the target, because the partner recorded them")
    else:
        gaps.append("that the findings are what the target answered, because nobody judged them again")
    if checked.state_of("challenge") is not State.HOLDS:
        gaps.append("that the run was made for you")
    gaps.append("that the target is the implementation that is named, because the partner ran the suite")
    return f"Not shown: {'; '.join(gaps)}."


def parse_age(text: str) -> timedelta:
    """Return the time of a text such as ``90d``. Raises UnusableCertificate."""
    found = re.fullmatch(r"(\d{1,5})d", text)
    if found is None:
        raise UnusableCertificate(f"--max-age {text}: write a number of days, such as 90d")
    return timedelta(days=int(found[1]))
