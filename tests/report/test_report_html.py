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
from playwright.sync_api import Browser

from conformance.report.html.page import compliance_part
from conformance.report.html.report_html import developers_page
from conformance.results import compose
from conformance.results.verdicts import Outcome
from tests.support.browser import show
from tests.support.hostile_results import FACTS, FINDINGS, HOSTILE, MANY, dead, everything, finding

pytest_plugins = ["pytester", "tests.support.browser"]

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


def test_a_replayed_page_links_to_the_compliance_report_which_comes_after_the_list() -> None:
    page = developers_page(everything())

    places = [
        page.index(one)
        for one in (
            "does not conform to the contract",
            'href="#compliance-main"',
            'id="results-table"',
            'id="compliance-main"',
        )
    ]
    assert places == sorted(places)
    assert page.count(compliance_part(everything()).strip()) == 1


def test_a_replayed_page_shows_the_list_first(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(developers_page(everything()), "utf-8")
    page = show(browser, path).page

    places = [
        page.locator(one).first.bounding_box()
        for one in ("a[href='#compliance-main']", "#results-table", "main")
    ]
    tops = [place["y"] for place in places if place]
    assert len(tops) == 3
    assert tops == sorted(tops)
    assert tops[1] < 900


def test_without_a_script_the_compliance_report_is_on_the_first_screen(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(developers_page(everything()), "utf-8")
    page = show(browser, path, script=False).page

    place = page.locator("#compliance-verdict").bounding_box()
    assert place is not None
    assert place["y"] < 900


def test_a_replayed_page_has_the_facts_of_the_run() -> None:
    page = developers_page(everything())

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
