"""A real browser for tests: Debian's Chromium, driven by Playwright. Test modules load this as a pytest plugin."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Dialog, Page, Request, Route, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
EXECUTABLE = next(filter(None, map(shutil.which, NAMES)), None)
PATIENT = 180_000
"""Milliseconds; a healthy browser takes far less."""
ADDRESS = "http://report.test/"
"""The address of the page; every other request is aborted."""
FORBIDS_ALL = "default-src 'none'"


@contextmanager
def browsing() -> Iterator[Browser]:
    """Open an installed browser, and close it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, timeout=PATIENT)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser; without one the test is skipped."""
    if EXECUTABLE is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with browsing() as browser:
        yield browser


@dataclass
class Shown:
    """A file that the browser shows, and what the page did."""

    page: Page
    asked: list[str] = field(default_factory=list)
    """The addresses of all requests."""
    said: list[str] = field(default_factory=list)
    """Texts of dialogs and of the console."""


def show(
    browser: Browser,
    path: Path,
    *,
    policy: str = "",
    script: bool = True,
    dark: bool = False,
    width: int = 1200,
) -> Shown:
    """Show a file as the page of a server that sends ``policy``."""
    context = browser.new_context(
        java_script_enabled=script,
        color_scheme="dark" if dark else "light",
        viewport={"width": width, "height": 900},
    )
    shown = Shown(context.new_page())
    page = shown.page
    page.set_default_timeout(PATIENT)
    headers = {"Content-Type": "text/html; charset=utf-8"}
    if policy:
        headers["Content-Security-Policy"] = policy

    def asked(request: Request) -> None:
        shown.asked.append(request.url)

    def answered(dialog: Dialog) -> None:
        shown.said.append(dialog.message)
        dialog.dismiss()

    def answer(route: Route) -> None:
        if route.request.url == ADDRESS:
            route.fulfill(body=path.read_bytes(), headers=headers)
        else:
            route.abort()

    page.on("request", asked)
    page.on("dialog", answered)
    page.on("console", lambda message: shown.said.append(message.text))
    page.route("**/*", answer)
    page.goto(ADDRESS)
    return shown


def faults(page: Page, *impacts: str) -> list[str]:
    """Return what axe-core finds in a page, or what it finds of some impacts."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {[node['html'][:200] for node in one['nodes'][:3]]}"
        for one in found
        if not impacts or one["impact"] in impacts
    ]


def grave_faults(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical in a page."""
    return faults(page, "serious", "critical")
