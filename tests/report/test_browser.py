"""The compliance page in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from conformance.report.content import selection
from conformance.report.html.page import compliance_page
from conformance.results import Results, headline
from tests.support.browser import ADDRESS, FORBIDS_ALL, faults, show
from tools import samples

pytest_plugins = ["tests.support.browser"]

SETTINGS = pytest.mark.parametrize(
    ("policy", "script"),
    [("", True), ("", False), (FORBIDS_ALL, False)],
    ids=["script", "no-script", "nothing-allowed"],
)
PAPERS = {"A4": (186, 595), "Letter": (192, 612)}
"""The width of the text in millimetres, and of the paper in points."""
MILLIMETRE = 96 / 25.4
"""Pixels of CSS."""
TOPS = "all => all.filter(el => el.checkVisibility()).map(el => el.getBoundingClientRect().top)"
HIDDEN = "el => el.getBoundingClientRect().bottom > innerHeight"

WARNING = {
    "step": "origin",
    "result": "warning",
    "tried": "POST /beacon from https://shop.example",
    "observed": "no Access-Control-Allow-Origin",
    "advice": "compare --origin with the store's allowed domains",
}


def page_of(name: str) -> Path:
    return samples.SAMPLES / name / "compliance.html"


def flat(text: str) -> str:
    return " ".join(text.split())


def failures(results: Results) -> list[str]:
    """Return the sentences that explain the failures."""
    texts = []
    for item in selection.having(results, *selection.FAILING):
        evidence = selection.failing(item)[0]["evidence"]
        texts += [evidence[0]["expected"], evidence[0]["got"]]
    return texts


def one_of_each(results: Results) -> Results:
    """Return results with a requirement for each verdict of each chapter: axe takes half a minute for all of them."""
    kinds = {(item["chapter"], item["verdict"]): item for item in results["requirements"]}
    return {**results, "requirements": list(kinds.values())}


def unfold(page: Page) -> None:
    """Open every chapter and what is held in it, as a reader does: by a click."""
    for folded in (".chapter:not([open]) > summary", ".held:not([open]) > summary"):
        while page.locator(folded).count():
            page.locator(folded).first.click()


@pytest.mark.parametrize("name", [name for name in samples.MAKERS if name != "unreachable"])
@SETTINGS
def test_every_requirement_and_every_failure_can_be_read(
    browser: Browser, tmp_path: Path, name: str, policy: str, script: bool
) -> None:
    results = samples.read(name, tmp_path)
    page = show(browser, page_of(name), policy=policy, script=script).page
    unfold(page)

    text = flat(page.inner_text("body"))  # what is seen: nothing of what is closed or hidden
    assert headline(results) in text
    texts = [item[part] for item in results["requirements"] for part in ("id", "statement")]
    assert [one for one in [*texts, *failures(results)] if flat(one) not in text] == []
    assert page.locator(".requirements tbody tr").count() == len(results["requirements"])


@SETTINGS
def test_the_page_of_a_target_that_did_not_answer_says_that_nothing_was_judged(
    browser: Browser, tmp_path: Path, policy: str, script: bool
) -> None:
    results = samples.read("unreachable", tmp_path)
    page = show(browser, page_of("unreachable"), policy=policy, script=script).page

    assert headline(results) in flat(page.inner_text("body"))
    count = len(results["requirements"])
    assert re.fullmatch(rf"{count} requirements: {count} . not judged\.", flat(page.inner_text(".counts")))
    mark = results["run"]["mark"]
    assert mark not in page.inner_text("body")
    page.locator(".identity > summary").click()
    assert mark in page.inner_text("body")


@pytest.mark.parametrize("name", samples.MAKERS)
def test_a_page_sends_no_request_and_logs_nothing(browser: Browser, name: str) -> None:
    shown = show(browser, page_of(name))

    assert shown.asked == [ADDRESS]
    assert shown.said == []


@pytest.mark.parametrize("name", ["non-conforming", "unreachable"])
def test_verdict_cause_and_next_step_are_visible_without_scrolling(browser: Browser, name: str) -> None:
    page = show(browser, page_of(name)).page

    for part in ("#compliance-verdict", ".headline", ".steps li >> nth=0"):
        assert not page.locator(part).evaluate(HIDDEN), part
    assert page.locator(".causes li").count() or "no connection" in page.inner_text(".headline")
    next_step = page.locator(".steps").bounding_box()
    greens = page.locator(".v-held, .run-conformant").evaluate_all(TOPS)
    assert next_step is not None
    assert [green for green in greens if green < next_step["y"]] == []


def test_a_warning_of_the_doctor_leaves_the_next_step_on_the_first_screen(
    browser: Browser, tmp_path: Path
) -> None:
    results = samples.read("non-conforming", tmp_path)
    path = tmp_path / "warned.html"
    path.write_text(compliance_page({**results, "doctor": [WARNING]}), "utf-8")
    page = show(browser, path).page

    assert WARNING["observed"] in page.inner_text(".top .note")
    for part in (".top .note", ".causes li >> nth=0", ".steps li >> nth=0"):
        assert not page.locator(part).evaluate(HIDDEN), part


def test_each_cause_links_to_its_evidence(browser: Browser) -> None:
    page = show(browser, page_of("non-conforming"), script=False).page
    links = page.locator(".causes a").all()

    assert links
    for link in links:
        place = link.get_attribute("href") or ""
        assert page.locator(f'[id="{place[1:]}"]').count() == 1


def test_the_first_tab_stop_links_to_the_verdict(browser: Browser) -> None:
    page = show(browser, page_of("non-conforming")).page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.url == f"{ADDRESS}#compliance-main"


@pytest.mark.parametrize("paper", PAPERS)
def test_a_printed_page_fits_the_paper_and_is_black_on_white(browser: Browser, paper: str) -> None:
    millimetres, points = PAPERS[paper]
    page = show(browser, page_of("non-conforming"), dark=True, width=int(millimetres * MILLIMETRE)).page
    page.emulate_media(media="print")

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    widths = re.findall(rb"/MediaBox \[0 0 (\d+)", page.pdf(format=paper, prefer_css_page_size=True))
    assert set(map(int, widths)) <= {points - 1, points}
    assert len(widths) > 1


@pytest.mark.parametrize(
    ("dark", "width"), [(False, 1200), (True, 1200), (False, 390)], ids=["light", "dark", "phone"]
)
def test_axe_finds_nothing_in_a_page(browser: Browser, tmp_path: Path, dark: bool, width: int) -> None:
    path = tmp_path / "short.html"
    path.write_text(compliance_page(one_of_each(samples.read("non-conforming", tmp_path))), "utf-8")

    assert faults(show(browser, path, dark=dark, width=width).page) == []


def test_a_narrow_screen_needs_no_horizontal_scrolling(browser: Browser) -> None:
    page = show(browser, page_of("non-conforming"), width=390).page

    assert page.evaluate("document.documentElement.scrollWidth") == 390
