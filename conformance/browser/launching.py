"""Finds a browser and starts it through Playwright, or connects to one that runs elsewhere."""

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Playwright

AUTO = "auto"
NONE = "none"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
"""The commands that ``auto`` looks for, in this order, where Playwright's own Chromium is not installed."""
REMOTE = ("ws://", "wss://")
START = 60_000
"""Milliseconds within which a browser must start."""
QUIET = (
    "--no-proxy-server",
    "--disable-sync",
    "--no-pings",
    "--disable-domain-reliability",
    "--disable-component-update",
    "--disable-background-networking",
)
NO_PLAYWRIGHT = "needs Playwright to drive a browser: pip install 'beacon-conformance[browser]'"
NO_BROWSER = "needs a real browser, and this machine has no Chromium: apt-get install chromium, or playwright install chromium"


class Unusable(Exception):
    """There is no browser that can judge; the text says why, and what to do."""


@dataclass(frozen=True)
class Choice:
    """Which browser, and what it may reach."""

    browser: str
    """The value of ``--browser``."""
    hosts: tuple[str, ...] = ()
    """The only hosts that it may look up."""
    private: tuple[str, ...] = ()
    """Addresses with ports that pages may reach although they are not public."""

    @property
    def is_remote(self) -> bool:
        """Whether the browser runs elsewhere, and was started by somebody else."""
        return self.browser.startswith(REMOTE)


@dataclass(frozen=True)
class BrowserFacts:
    """The browser that was used, for the report."""

    name: str
    version: str
    path: str
    """The path of the program, or the word ``remote``."""
    user_agent: str
    sandbox: str
    """``on``, ``off: …`` with the reason, or ``unknown``."""

    def to_json(self) -> dict[str, Any]:
        """Return the facts as JSON values."""
        return dict(vars(self))


def flags(choice: Choice) -> list[str]:
    """Return the arguments that keep the browser away from every host but those of the choice."""
    excluded = "".join(f", EXCLUDE {host}" for host in choice.hosts)
    spaces = ",".join(f"{address}=public" for address in choice.private)
    return [
        *QUIET,
        f"--host-resolver-rules=MAP * ~NOTFOUND{excluded}",
        *([f"--ip-address-space-overrides={spaces}"] if spaces else []),
    ]


def start(playwright: "Playwright", choice: Choice) -> tuple["Chromium", BrowserFacts]:
    """Return a browser and its facts. Raises Unusable, and Playwright's errors."""
    if choice.is_remote:
        browser = playwright.chromium.connect_over_cdp(choice.browser, timeout=START)
        return browser, _facts(browser, "remote", "unknown")
    path = _program(choice.browser, playwright.chromium.executable_path)
    is_root = os.geteuid() == 0 if hasattr(os, "geteuid") else False
    # Playwright makes a new profile, and removes it when the browser is closed.
    browser = playwright.chromium.launch(
        executable_path=path,
        args=flags(choice),
        chromium_sandbox=not is_root,
        env=environment(os.environ),
        handle_sigint=False,
        timeout=START,
    )
    sandbox = "off: the run was started by root, for whom Chromium has no sandbox" if is_root else "on"
    return browser, _facts(browser, path, sandbox)


def _program(browser: str, of_playwright: str) -> str:
    """Return the path of the browser's program. Raises Unusable."""
    if browser != AUTO:
        return str(Path(browser).absolute())
    if Path(of_playwright).exists():
        return of_playwright
    found = first_installed(NAMES)
    if found is None:
        raise Unusable(NO_BROWSER)
    return found


def first_installed(names: Iterable[str]) -> str | None:
    """Return the path of the first of some commands that is installed."""
    return next(filter(None, map(shutil.which, names)), None)


def environment(variables: Mapping[str, str]) -> dict[str, str | float | bool]:
    """Return the environment of the browser: without the suite's own variables and without proxies."""
    return {
        name: value
        for name, value in variables.items()
        if not name.startswith("BEACON_") and not name.lower().endswith("_proxy")
    }


def _facts(browser: "Chromium", path: str, sandbox: str) -> BrowserFacts:
    session = browser.new_browser_cdp_session()
    told = session.send("Browser.getVersion")
    session.detach()
    name, _, version = str(told["product"]).partition("/")
    # A firewall may refuse what calls itself headless; users' browsers do not.
    agent = str(told["userAgent"]).replace("Headless", "")
    return BrowserFacts("Edge" if name.startswith("Edg") else "Chromium", version, path, agent, sandbox)
