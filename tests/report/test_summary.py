"""The Markdown summary: short enough for a comment, failures first, and without active content."""

from dataclasses import replace

from conformance.report.markdown.summary import summary
from conformance.requirements import ALL, Level
from conformance.results import compose
from conformance.results.verdicts import Outcome
from tests.support.hostile_results import FACTS, everything, evidence, finding


def test_the_summary_is_short_and_has_no_active_content() -> None:
    text = summary(everything())
    assert text.startswith("## ✗ Non-conformant: POST /beacon\n")
    assert len(text.splitlines()) <= 60
    assert "<" not in text
    assert "`" not in text
    assert "@" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ") and "MUST)" in line]
    assert len(rows) == 3
    assert all(row.count("|") == 5 for row in rows)
    assert text.index("MUST held") < text.index("token.header-wins") < text.index("not judged: ")


def test_the_summary_of_a_target_that_gets_everything_wrong_is_cut_and_says_so() -> None:
    findings = [finding(item.id, Outcome.BROKE, evidence=[evidence()]) for item in ALL]
    text = summary(compose(FACTS, findings))
    assert len(text.splitlines()) <= 60
    shown = text.count("✗ violated |") + text.count("▲ warned |")
    failed = sum(item.level is not Level.INFO for item in ALL)
    assert f"and {failed - shown} more" in text


def test_the_longest_summary_fits_a_comment() -> None:
    worst = evidence("#@" * 5000)
    findings = [
        finding(item.id, Outcome.BROKE, evidence=[worst])
        if number % 2
        else finding(item.id, Outcome.NOT_JUDGED, reason=f"{number} " + "@#" * 5000)
        for number, item in enumerate(ALL)
    ]
    text = summary(compose(replace(FACTS, target="https://x.example/" + "_" * 2000), findings))

    assert len(text.splitlines()) <= 60
    assert len(text) < 65_536, "what a forge takes"


def test_the_summary_has_no_green_requirement() -> None:
    text = summary(everything())
    green = [item["id"] for item in everything()["requirements"] if item["verdict"] in {"held", "observed"}]

    assert [name for name in green if f"| {name} " in text] == []
