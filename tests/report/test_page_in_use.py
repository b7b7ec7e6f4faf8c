"""The compliance page as its readers use it: filters without a script, links into folded parts, paper, the file's digest."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from conformance.report.html.page import compliance_page
from conformance.requirements import ALL
from conformance.results import Results, as_text, compose
from conformance.results.verdicts import Outcome
from tests.support.browser import show
from tests.support.hostile_results import FACTS, dead, everything, evidence, finding

pytest_plugins = ["tests.support.browser"]
ROWS = ".requirements tbody tr"
PAGE = re.compile(rb"/Type\s*/Page\b")
MOST_SHEETS = 12


def _shown(browser: Browser, results: Results, folder: Path, width: int = 1200) -> Page:
    path = folder / "compliance.html"
    path.write_text(compliance_page(results), "utf-8")
    return show(browser, path, script=False, width=width).page


def _visible(page: Page) -> set[str]:
    rows = page.locator(ROWS)
    return {
        rows.nth(number).get_attribute("id") or ""
        for number in range(rows.count())
        if rows.nth(number).is_visible()
    }


def _ids(results: Results, **wanted: str) -> set[str]:
    return {
        item["id"]
        for item in results["requirements"]
        if all(item[name] == value for name, value in wanted.items())
    }


@pytest.mark.parametrize("width", [1200, 390], ids=["wide", "phone"])
def test_rows_are_filtered_by_verdict_level_and_chapter_without_a_script(
    width: int, browser: Browser, tmp_path: Path
) -> None:
    results = everything()
    page = _shown(browser, results, tmp_path, width=width)

    for wanted in (
        {"verdict": "violated"},
        {"verdict": "held"},
        {"level": "SHOULD", "verdict": "warned"},
        {"chapter": "token", "level": "MUST"},
    ):
        for about in ("verdict", "level", "chapter"):
            page.locator(f"#only-{about}-{wanted.get(about, 'all')}").check()
        assert _ids(results, **wanted) == _visible(page)


def test_held_requirements_are_folded_at_first_and_failures_are_not(browser: Browser, tmp_path: Path) -> None:
    results = everything()
    visible = _visible(_shown(browser, results, tmp_path))

    assert _ids(results, verdict="violated") <= visible
    assert _ids(results, verdict="held").isdisjoint(visible)


def test_a_link_to_a_folded_row_or_to_its_checks_opens_what_is_folded(
    browser: Browser, tmp_path: Path
) -> None:
    page = _shown(browser, everything(), tmp_path)

    for place in ("token.query-accepted", "checks-token.query-accepted"):
        assert not page.locator(f"[id='{place}']").is_visible()
        page.goto(f"{page.url.partition('#')[0]}#{place}")
        assert page.locator(f"[id='{place}']").is_visible()


@pytest.mark.parametrize("broken", [0, 16], ids=["conformant", "sixteen-failures"])
def test_the_printed_page_has_at_most_twelve_sheets(broken: int, browser: Browser, tmp_path: Path) -> None:
    findings = [
        finding(
            item.id,
            Outcome.BROKE if number < broken else Outcome.HELD,
            "test[a]",
            evidence=[evidence()],
        )
        for number, item in enumerate(ALL)
    ]
    page = _shown(browser, compose(FACTS, findings), tmp_path)

    assert len(PAGE.findall(page.pdf(format="A4", prefer_css_page_size=True))) <= MOST_SHEETS


def test_the_first_screen_has_what_a_certificate_needs(browser: Browser, tmp_path: Path) -> None:
    results = compose(replace(FACTS, challenge="a-reviewers-challenge"), [])
    page = _shown(browser, results, tmp_path)
    facts = page.locator(".facts")
    digest = hashlib.sha256(as_text(results).encode()).hexdigest()

    text = facts.inner_text()
    for part in (
        results["target"]["url"],
        results["run"]["finished"][:10],
        results["suite"]["version"],
        results["suite"]["set"],
        "a-reviewers-challenge",
        digest,
        "sha256sum results.json",
        *(name for name, item in results["classes"].items() if item["must"]),
    ):
        assert part in text
    box = facts.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 900


def test_the_page_of_a_target_that_did_not_answer_is_one_screen(browser: Browser, tmp_path: Path) -> None:
    page = _shown(browser, dead(), tmp_path)
    main = page.locator("main").bounding_box()

    assert main is not None
    assert main["height"] < 1000, main["height"]
    assert page.locator(ROWS).count() == 0
