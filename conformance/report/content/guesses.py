"""What reports say about a diagnosis: a known mistake that the failures look like. Pure functions of results."""

from dataclasses import dataclass

from conformance.report.content.diagnosis import Diagnosis, diagnoses
from conformance.results import Results

NO_VERDICT = "A guess from the known mistakes of the kill matrix, and not a verdict."


@dataclass(frozen=True)
class Guess:
    """One known mistake, in words."""

    name: str
    explains: str
    mistake: str
    requirement: str
    """The requirement whose advice says how to fix it."""
    fixes: dict[str, str]
    """How to fix it, by framework."""
    others: tuple[tuple[str, str], ...]
    """Names of other mistakes that look nearly the same, and what they are."""

    @property
    def sentence(self) -> str:
        """The guess in one line."""
        like = f", or like {' or '.join(name for name, _ in self.others)}" if self.others else ""
        return f"looks like {self.name} ({self.explains}){like}: {self.mistake}"

    @property
    def command(self) -> str:
        """The command that says how to fix it."""
        return f"beacon-conformance requirements {self.requirement}"


def guesses(results: Results) -> list[Guess]:
    """Return what the failures of a run look like; empty if no known mistake explains them well."""
    return [_guess(one) for one in diagnoses(results)]


def _guess(one: Diagnosis) -> Guess:
    advice = one.signature.advice
    return Guess(
        one.signature.name,
        f"explains {one.explained} of {one.red}",
        one.signature.mistake,
        one.signature.breaks,
        dict(advice.fixes) if advice else {},
        tuple((other.name, other.mistake) for other in one.others),
    )
