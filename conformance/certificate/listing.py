"""The certificates below a directory, as the rows of a list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from conformance.certificate.errors import UnusableCertificate
from conformance.certificate.standing import Standing, standing
from conformance.certificate.trust import TrustedKey
from conformance.certificate.verification import CERTIFICATE, Asked, Checked, State, check_folder
from conformance.results import Results, UnusableResults
from conformance.results.verdicts import ExitStatus

MOST = 2000
"""Certificates of one list."""
SHOWN = ("organization", "project", "version", "url")


@dataclass(frozen=True)
class Entry:
    """One certificate."""

    folder: Path
    problem: str = ""
    """Why it is not listed; empty if it is."""
    results: Results | None = None
    implementation: Mapping[str, str] = field(default_factory=dict)
    """Empty if no trusted key signed."""
    levels: Mapping[str, State] = field(default_factory=dict)
    days: int = 0
    """Since the run ended."""
    standing: Standing = Standing.EXPIRED


def entries(directory: Path, trusted: tuple[TrustedKey, ...], now: datetime) -> list[Entry]:
    """Return the certificates below a directory, in the order of their paths. Raises UnusableCertificate."""
    if not directory.is_dir():
        raise UnusableCertificate(f"{directory}: is not a directory")
    folders = sorted(path.parent for path in directory.rglob(CERTIFICATE))
    if len(folders) > MOST:
        raise UnusableCertificate(f"{directory}: has more than {MOST} certificates")
    return [_entry(folder, trusted, now) for folder in folders]


def _entry(folder: Path, trusted: tuple[TrustedKey, ...], now: datetime) -> Entry:
    try:
        checked = check_folder(folder, Asked(now, trusted))
    except (UnusableCertificate, UnusableResults) as error:
        return Entry(folder, str(error))
    if problem := next(_problems(checked), ""):
        return Entry(folder, problem)
    results = checked.results or {}
    finished = datetime.fromisoformat(results["run"]["finished"])
    return Entry(
        folder,
        results=results,
        implementation={name: checked.implementation.get(name, "") for name in SHOWN},
        levels={name: checked.state_of(name) for name in ("derived", "signed by", "rejudged")},
        days=max((now - finished).days, 0),
        standing=standing(finished.date(), results["suite"]["set"], now.date()),
    )


def _problems(checked: Checked) -> Iterator[str]:
    """Yield why a certificate is not listed: it is not genuine, or nobody can tell what it says."""
    for line in checked.lines:
        if line.status in {ExitStatus.NOT_GENUINE, ExitStatus.NOT_FULLY_VERIFIED} or (
            line.state is State.FAILS and line.name in {"set", "target", "age"}
        ):
            yield f"{line.name}: {line.text}"
