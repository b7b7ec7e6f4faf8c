"""One page of a browser at a store's origin: its document is served from here, everything else is real."""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.browser.network_log import NAMES, NetworkLog

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import CDPSession

DOCUMENT = (
    '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>beacon-conformance</title>'
)
"""With its own icon, because a browser would ask the shop for one."""
SANDBOXED = {"name": "Content-Security-Policy", "value": "sandbox allow-scripts"}
"""Gives a page the origin ``null``."""
EMPTY = "about:blank"
BEGIN = """(code) => {
  globalThis.seen = null;
  Promise.resolve(eval(code)).then((value) => { globalThis.seen = value; });
}"""
"""Begins an expression. Nothing waits for its value here: a target may never answer."""
SEEN = "globalThis.seen"
SHORTEST = 5.0
"""Seconds within which every expression must have its value."""
STEP = 10
"""Milliseconds between two looks at the network log."""
LATE_HEADS = 0.3
"""Seconds to wait for the head of an answer after the failure that it caused was reported."""
MOST_LINES = 3
"""How many lines of the console are kept."""
PERMISSIONS = ("loopback-network", "local-network")


@dataclass(frozen=True)
class Script:
    """What to do on one page."""

    origin: str
    code: str
    """A JavaScript expression, whose value describes what the page saw."""
    sandboxed: bool = False
    """Whether the page's origin is ``null``."""
    leave: bool = False
    """Whether to leave the page after the code has run."""
    proxy: str = ""
    seconds: float = 10.0
    """How long to wait for the request of the code; 0 if it sends none that matters."""
    keep: bool = False
    """Whether later scripts of the same origin may use the same page. Preflights are cached then."""
    permit: Callable[[], str] = lambda: ""
    """Called just before the code; returns why it must not run, or an empty text."""


@dataclass
class Observed:
    """What happened on one page."""

    origin: str
    """The origin that the browser gave to the page."""
    said: dict[str, Any] = field(default_factory=dict)
    console: list[str] = field(default_factory=list)
    log: NetworkLog = field(default_factory=NetworkLog)


class Tab:
    """One page in a context of its own, so that no cache is shared. Raises Playwright's errors."""

    def __init__(self, browser: "Chromium", script: Script, user_agent: str, *, is_remote: bool) -> None:
        proxy: Any = {"server": script.proxy} if script.proxy else None
        self._context = browser.new_context(user_agent=user_agent, proxy=proxy)
        self._observed = Observed("")
        self._page = self._context.new_page()
        self._page.on("console", lambda line: self._observed.console.append(line.text))
        self._session = self._context.new_cdp_session(self._page)
        for name in NAMES:
            self._session.on(f"Network.{name}", lambda event, name=name: self._observed.log.add(name, event))
        self._permissions: CDPSession | None = None
        if is_remote:
            self._permit(browser, script.origin)
        self._open(script)

    def _permit(self, browser: "Chromium", origin: str) -> None:
        """Let a page of the origin reach private addresses. A browser that does not know a permission needs none."""
        from playwright.sync_api import Error  # noqa: PLC0415 - an optional dependency

        target = self._session.send("Target.getTargetInfo")["targetInfo"]
        # The permissions end with this session.
        self._permissions = own = browser.new_browser_cdp_session()
        for name in PERMISSIONS:
            try:
                own.send(
                    "Browser.setPermission",
                    {
                        "permission": {"name": name},
                        "setting": "granted",
                        "origin": origin,
                        "browserContextId": target["browserContextId"],
                    },
                )
            except Error:
                continue

    def _open(self, script: Script) -> None:
        """Open the shop's page, and then let every request out."""
        self._session.on("Fetch.requestPaused", lambda event: self._serve(event, sandboxed=script.sandboxed))
        self._session.send("Fetch.enable", {"patterns": [{"urlPattern": "*", "resourceType": "Document"}]})
        self._page.goto(f"{script.origin}/")
        self._session.send("Fetch.disable")
        self._session.send("Network.enable")

    def _serve(self, event: dict[str, Any], *, sandboxed: bool) -> None:
        self._session.send(
            "Fetch.fulfillRequest",
            {
                "requestId": event["requestId"],
                "responseCode": 200,
                "responseHeaders": [
                    {"name": "Content-Type", "value": "text/html"},
                    *([SANDBOXED] if sandboxed else []),
                ],
                "body": base64.b64encode(DOCUMENT.encode()).decode(),
            },
        )

    def run(self, script: Script, is_stopped: Callable[[], bool]) -> Observed:
        """Run the script's code, and wait until its request has ended."""
        self._observed = observed = Observed(str(self._page.evaluate("self.origin")))
        wanted = "null" if script.sandboxed else script.origin
        if observed.origin != wanted:
            return observed
        self._page.evaluate(BEGIN, script.code)
        if script.leave:
            self._page.goto(EMPTY)
            return observed
        deadline = time.monotonic() + max(script.seconds, SHORTEST)
        while time.monotonic() < deadline and not is_stopped():
            if observed.log.is_settled or not script.seconds:
                seen = self._page.evaluate(SEEN)
                if seen is not None:
                    observed.said = seen
                    break
            elif observed.log.has_failed:
                deadline = min(deadline, time.monotonic() + LATE_HEADS)
            self._page.wait_for_timeout(STEP)
        else:
            observed.said = self._page.evaluate(SEEN) or {}
        del observed.console[MOST_LINES:]
        return observed

    def close(self) -> None:
        """Close the page and its context."""
        if self._permissions is not None:
            self._permissions.detach()
        self._context.close()
