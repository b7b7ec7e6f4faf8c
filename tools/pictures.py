"""The README's pictures: ``make pictures`` takes them of the sample reports and of a short run's ``report.html``."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from conformance import reference
from tests.support.browser import EXECUTABLE, browsing, show
from tests.support.runs import options_for, run
from tools import samples

DOCS = Path(__file__).parents[1] / "docs"
HEIGHT = 900
"""Pixels: what a reader sees without scrolling."""
ASKED = (
    "token.header-wins",
    "batch.accepts-1-to-100",
    "batch.over-100-refused",
    "cors.vary",
    "token.empty-header",
)


def take(browser: Browser, page: Path, name: str, *, dark: bool = False, place: str = "") -> None:
    """Take a picture of a page's first screen, or of the screen that begins with ``place``."""
    shown = show(browser, page, dark=dark).page
    if place:
        shown.locator(place).evaluate("el => el.scrollIntoView()")
    shown.screenshot(path=DOCS / name, clip={"x": 0, "y": 0, "width": 1200, "height": HEIGHT})
    sys.stdout.write(f"{DOCS / name}\n")


def main() -> None:
    """Take every picture."""
    if EXECUTABLE is None:
        sys.exit("Chromium is not installed: apt-get install chromium")
    broken = samples.SAMPLES / "non-conforming" / "compliance.html"
    with browsing() as browser, tempfile.TemporaryDirectory() as folder:
        take(browser, broken, "compliance.png")
        take(browser, broken, "compliance-dark.png", dark=True)
        take(browser, broken, "requirements.png", place="#compliance-requirements")
        take(browser, samples.SAMPLES / "unreachable" / "compliance.html", "unreachable.png")
        with reference.Server(samples.Careless) as server:
            chosen = [f"--requirement={one}" for one in ASKED]
            run(*options_for(server), f"--report-dir={folder}", *chosen)
        take(browser, Path(folder) / "report.html", "report.png", place="#results-table")


if __name__ == "__main__":
    main()
