"""The page of a comparison in a real browser, in the reports' look."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from conformance.report.html.comparison import comparison_page
from conformance.requirements import ALL, Level
from conformance.results import compose
from conformance.results.comparison import compare
from conformance.results.verdicts import Finding, Outcome
from tests.support.browser import ADDRESS, FORBIDS_ALL, faults, show
from tests.support.hostile_results import FACTS, evidence

pytest_plugins = ["tests.support.browser"]

LONG = "An implementation with a very long name"
NAMES = ("Acme Shop 1.2", LONG, "Initech")
BROKEN = "token.header-wins"
SEEN = next(one.id for one in ALL if one.level is Level.INFO)


def finding(identifier: str, outcome: Outcome, got: str) -> Finding:
    return Finding(identifier, "test_x", outcome, met=outcome is Outcome.HELD, evidence=[evidence(got)])


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of three runs: one green, one with a violation, one that judged less and saw something else."""
    outcomes = [
        {},
        {BROKEN: Outcome.BROKE},
        {"batch.ingests-all": Outcome.NOT_JUDGED, SEEN: Outcome.BROKE},
    ]
    runs = [
        compose(
            replace(FACTS, implementation=NAMES[at]),
            [finding(one.id, found.get(one.id, Outcome.HELD), f"got of {at}") for one in ALL],
        )
        for at, found in enumerate(outcomes)
    ]
    files = [f"a/long/path/to/the/results/of/a/nightly/run/number-{at}/results.json" for at in range(3)]
    made = tmp_path_factory.mktemp("page") / "comparison.html"
    made.write_text(comparison_page(compare(list(zip(files, runs, strict=True)), NAMES)), "utf-8")
    return made


def unfold(page: Page) -> None:
    """Open every chapter, as a reader does: by a click."""
    while page.locator(".chapter:not([open]) > summary").count():
        page.locator(".chapter:not([open]) > summary").first.click()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390], ids=["wide", "phone"])
def test_axe_finds_nothing(browser: Browser, path: Path, dark: bool, width: int) -> None:
    page = show(browser, path, dark=dark, width=width).page

    assert faults(page) == []


@pytest.mark.parametrize("policy", ["", FORBIDS_ALL], ids=["styled", "unstyled"])
def test_every_difference_and_every_requirement_can_be_read(
    browser: Browser, path: Path, policy: str
) -> None:
    page = show(browser, path, policy=policy, script=False).page

    text = page.inner_text("body")
    assert "got of 1" in text
    assert f"worse in {LONG}" in text
    unfold(page)
    text = page.inner_text("body")
    assert [one.id for one in ALL if one.id not in text] == []


def test_the_conclusion_is_on_the_first_screen_and_every_difference_is_before_the_matrix(
    browser: Browser, path: Path
) -> None:
    page = show(browser, path).page

    top = page.locator("#comparison-conclusion").bounding_box()
    assert top is not None
    assert top["y"] + top["height"] < 900
    text = page.inner_text("body")
    assert text.index(f"worse in {LONG}") < text.index("All requirements", text.index(BROKEN))


def test_only_chapters_in_which_something_is_not_green_or_not_the_same_are_open(
    browser: Browser, path: Path
) -> None:
    page = show(browser, path).page

    assert page.locator(".chapter[open] h3").all_inner_texts() == ["Chapter token", "Chapter batch"]
    assert page.locator(".chapter:not([open])").count() > 4


def test_a_difference_links_to_the_requirement_in_every_run(browser: Browser, path: Path) -> None:
    page = show(browser, path, script=False).page

    page.locator(f'a[href="#{BROKEN}"]').first.click()
    assert page.url == f"{ADDRESS}#{BROKEN}"
    assert page.locator(f'[id="{BROKEN}"] .verdict').all_inner_texts() == ["✓ held", "✗ violated", "✓ held"]


def test_a_phone_needs_no_horizontal_scrolling(browser: Browser, path: Path) -> None:
    page = show(browser, path, width=390).page
    unfold(page)

    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_it_sends_no_request_and_logs_nothing(browser: Browser, path: Path) -> None:
    shown = show(browser, path)

    assert (shown.asked, shown.said) == ([ADDRESS], [])
