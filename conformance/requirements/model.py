"""A requirement: one clause of the contract, as a value."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial


class Level(StrEnum):
    """How binding a requirement is."""

    MUST = "MUST"
    """If it does not hold, the target does not conform."""
    SHOULD = "SHOULD"
    """If it does not hold, the report has a warning."""
    INFO = "INFO"
    """Observed and reported, never judged."""


class Basis(StrEnum):
    """Where a requirement comes from. This limits its level."""

    STATED = "stated"
    """A published sentence says it."""
    STANDARD = "standard"
    """A standard that the documented calls depend on says it."""
    INFERRED = "inferred"
    """It follows from a published sentence, but a reasonable implementer could differ."""
    SILENT = "silent"
    """Nothing published says anything about it."""


class Needs(StrEnum):
    """The class of a requirement: what a run needs to judge it."""

    HTTP = "http"
    """A target, a token it knows, and the origins its store allows."""
    INGESTION = "ingestion"
    """Read-back: an observer that shows what was ingested."""
    STORES = "stores"
    """A second store's token, and read-back."""
    BROWSER = "browser"
    """A real browser."""


LEVELS_BY_BASIS = {
    Basis.STATED: {Level.MUST, Level.SHOULD},
    Basis.STANDARD: {Level.MUST, Level.SHOULD},
    Basis.INFERRED: {Level.SHOULD},
    Basis.SILENT: {Level.INFO},
}
ID = re.compile(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_STATEMENT = 140
FIRST_SET = "2026-11"
"""The first requirement set."""


@dataclass(frozen=True)
class Requirement:
    """One clause of the contract.

    Raises ValueError for an id that is not ``chapter.slug``, for a level that the basis does not allow,
    and for a statement that is not one short sentence.
    """

    id: str
    source: str
    """The published page, or the standard and its section."""
    statement: str
    """One sentence in our own words, shown in the report."""
    level: Level = field(kw_only=True)
    basis: Basis = field(kw_only=True)
    needs: Needs = Needs.HTTP
    hint: str = ""
    """A common misunderstanding, shown with a violation."""
    since: str = FIRST_SET
    """The requirement set from which it counts."""
    provisional: bool = False
    """Whether the set that a run judges by does not have it: then it is judged and shown, but never as a MUST."""

    def __post_init__(self) -> None:
        if not ID.fullmatch(self.id):
            raise ValueError(f"{self.id!r}: an id must have the form chapter.slug, in lower case")
        if self.level not in LEVELS_BY_BASIS[self.basis]:
            raise ValueError(f"{self.id}: a {self.basis} requirement cannot be {self.level}")
        if not self.source or not self.statement.endswith(".") or len(self.statement) > LONGEST_STATEMENT:
            raise ValueError(
                f"{self.id}: needs a source and one sentence of up to {LONGEST_STATEMENT} characters"
            )

    @property
    def chapter(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]


stated = partial(Requirement, basis=Basis.STATED, level=Level.MUST)
standard = partial(Requirement, basis=Basis.STANDARD, level=Level.MUST)
inferred = partial(Requirement, basis=Basis.INFERRED, level=Level.SHOULD)
silent = partial(Requirement, basis=Basis.SILENT, level=Level.INFO)

AUTHENTICATION = "Authentication"
SEND_EVENTS = "Send events"
EVENT_TYPES = "Event types"
OVERVIEW = "Overview"
BEACON_GUIDE = "sendBeacon guide"
NOWHERE = "no published page"
FETCH = "Fetch standard"
