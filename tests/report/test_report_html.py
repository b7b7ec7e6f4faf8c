"""pytest-html's page with the compliance report at its top, in a pytest session and from results."""

import html
import json
import logging
import os
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from conformance.report.html.page import compliance_part
from conformance.report.html.report_html import developers_page
from conformance.results import compose
from conformance.results.verdicts import Outcome
from tests.support.hostile_results import FACTS, FINDINGS, HOSTILE, MANY, dead, everything, finding

pytest_plugins = ["pytester"]

CHECK = """
    def test_a_check(record_property):
        record_property("requirement", "token.header-wins<b>")
        record_property("level", "MUST")
        record_property("verdict", "violated")
"""
LEAVES_RESULTS = """
    import json
    import pytest
    from conformance.report.html.pytest_html import RESULTS

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(session):
        session.config.stash[RESULTS] = json.loads(open("results.json", encoding="utf-8").read())
"""


def html_report(pytester: pytest.Pytester) -> str:
    options = ("--html=report.html", "--self-contained-html", "-p", "conformance.report.html.pytest_html")
    pytester.runpytest(*options, "-p", "no:schemathesis", "-p", "no:cacheprovider")
    return (pytester.path / "report.html").read_text("utf-8")


def test_pytest_s_html_report_of_a_conformance_run_begins_with_the_compliance_report(
    pytester: pytest.Pytester,
) -> None:
    results = everything()
    (pytester.path / "results.json").write_text(json.dumps(results), "utf-8")
    pytester.makeconftest(LEAVES_RESULTS)
    pytester.makepyfile(CHECK)
    report = html_report(pytester)
    assert '<h1 id="title">Compliance of POST /beacon</h1>' in report
    assert compliance_part(results).strip() in report
    assert 'data-column-type="verdict">Verdict</th>' in report
    (blob,) = re.findall('data-jsonblob="([^"]+)"', report)
    (row,) = next(iter(json.loads(html.unescape(blob))["tests"].values()))
    assert row["resultsTableRow"][1:3] == [
        '<td class="col-verdict">✗ violated</td>',
        '<td class="col-requirement">token.header-wins&lt;b&gt; (MUST)</td>',
    ]
    assert row["verdict"] == "✗ violated"


def test_pytest_s_html_report_of_another_run_is_unchanged(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_anything(): pass")
    report = html_report(pytester)
    assert '<h1 id="title">report.html</h1>' in report
    assert "beacon-compliance" not in report
    assert 'data-column-type="verdict"' not in report


def rows(page: str) -> list[tuple[str, dict[str, str]]]:
    """Return pytest-html's rows in their order, each with its id."""
    (blob,) = re.findall("data-jsonblob='([^']+)'", page)
    return [(name, row) for name, tests in json.loads(html.unescape(blob))["tests"].items() for row in tests]


def test_a_replayed_page_has_a_row_for_every_finding_with_its_verdict() -> None:
    shown = rows(developers_page(everything()))
    ids = [name for name, _ in shown]

    assert len(shown) == len(set(ids)) == len(FINDINGS)
    assert ids[0] == "test_token_header-accepted"
    counted = Counter((row["result"], row["verdict"]) for _, row in shown)
    assert counted == {
        ("Passed", "✓ held"): MANY + 1,
        ("Passed", "○ observed"): 2,
        ("Failed", "✗ violated"): MANY + 1,
        ("Skipped", "▲ warned"): 1,
        ("Skipped", "≈ unstable"): 2,
        ("Skipped", "? not judged"): 2,
    }


def test_an_opened_row_of_a_replayed_page_has_the_reason() -> None:
    logs = {name: html.unescape(row["log"]) for name, row in rows(developers_page(everything()))}

    failure = logs["test_header_wins[failing-0]"]
    assert "expected  status 401" in failure
    assert " ".join(HOSTILE.split()) in " ".join(failure.split())
    assert "expected  status 401" in logs["test_token_compared-by-case"]
    assert "pass --other-token T" in logs["test_token_header-names-the-store"]


def test_a_replayed_page_begins_with_the_compliance_report_and_has_the_facts_of_the_run() -> None:
    page = developers_page(everything())

    assert compliance_part(everything()).strip() in page
    assert "Report generated on 2026-01-02 at 03:05:06 UTC by" in page
    assert '<p class="run-count">The run took 61.0 s.</p>' in page
    (blob,) = re.findall("data-jsonblob='([^']+)'", page)
    environment = json.loads(html.unescape(blob))["environment"]
    assert environment["Target"] == f"{FACTS.target} (url)"
    assert FACTS.id in environment["Run"]
    assert not environment.keys() & {"Python", "Platform", "Packages", "Plugins"}


def test_a_run_without_findings_has_a_replayed_page() -> None:
    page = developers_page(dead())

    assert rows(page) == []
    assert compliance_part(dead()).strip() in page


def test_two_checks_with_the_same_name_have_one_row_each() -> None:
    twice = [finding("token.header-accepted", Outcome.HELD, "test_twice") for _ in range(2)]

    assert [name for name, _ in rows(developers_page(compose(FACTS, twice)))] == [
        "test_twice",
        "2/test_twice",
    ]


def test_text_from_a_target_never_becomes_an_element_of_a_replayed_page() -> None:
    page = developers_page(everything())

    assert "<script>alert" not in page
    assert '<img src="http' not in page
    assert page.lower().count("<script") == 1, "pytest-html's own"


def test_the_surrounding_session_is_not_changed(capfd: pytest.CaptureFixture[str]) -> None:
    before = (Path.cwd(), dict(os.environ), list(sys.path), sys.unraisablehook, logging.root.handlers[:])
    developers_page(everything())

    assert before == (
        Path.cwd(),
        dict(os.environ),
        list(sys.path),
        sys.unraisablehook,
        logging.root.handlers[:],
    )
    said = capfd.readouterr()
    assert said.out + said.err == ""
