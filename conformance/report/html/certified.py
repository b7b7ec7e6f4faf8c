"""The list of certificates as one HTML page that has no script and loads nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.report.content import words
from conformance.report.html.page import environment
from conformance.results import Results
from conformance.results.verdicts import RunVerdict

TITLE = "Certificates for POST /beacon"


@dataclass(frozen=True)
class Certified:
    """One row of the list."""

    results: Results
    implementation: Mapping[str, str]
    """``organization``, ``project``, ``version`` and ``url``; empty texts if nobody trusted says so."""
    levels: Mapping[str, str]
    """The sign of each level by its name."""
    days: int
    """Since the run ended."""
    standing: str
    link: str
    """The relative address of its report."""

    @property
    def word(self) -> words.Word:
        """The verdict as readers see it."""
        return words.RUN_VERDICTS[RunVerdict(self.results["verdict"])]

    @property
    def classes(self) -> str:
        """The required classes that are conformant."""
        return ", ".join(
            name
            for name, item in self.results["classes"].items()
            if item["required"] and item["verdict"] == RunVerdict.CONFORMANT
        )


def certified_page(rows: Sequence[Certified], left_out: Sequence[tuple[str, str]], day: str) -> str:
    """Return the page as of a day; ``left_out`` are names of folders, each with the reason."""
    context = {"rows": rows, "left_out": left_out, "day": day, "title": TITLE}
    return environment().get_template("certified.html.jinja").render(context) + "\n"
