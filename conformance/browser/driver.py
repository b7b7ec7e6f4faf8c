"""Drives a browser from one thread of its own, because Playwright's objects belong to the thread that made them."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from conformance.browser.launching import NO_PLAYWRIGHT, BrowserFacts, Choice, Unusable, start
from conformance.browser.tab import Observed, Script, Tab

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Playwright

T = TypeVar("T")
GONE = "the browser ended during the run: run again, and see whether this machine has enough memory"


class Browser:
    """A real browser. Any thread may ask; one thread works, and one call is made at a time."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self._executor = ThreadPoolExecutor(1, "browser")
        self._stopping = threading.Event()
        self._playwright: Playwright | None = None
        self._browser: Chromium | None = None
        self._tabs: dict[tuple[str, bool], Tab] = {}
        """Pages that several scripts use."""
        self._left: list[Tab] = []
        """Pages that were left: closing them could end the request that they sent last."""
        self._start: Future[BrowserFacts] = self._executor.submit(self._begin)

    @property
    def facts(self) -> BrowserFacts:
        """The browser that was started. Raises Unusable."""
        return result_of(self._start)

    @property
    def has_started(self) -> bool:
        """Whether it is known whether the browser can be used."""
        return self._start.done()

    def run(self, script: Script) -> Future[Observed]:
        """Run a script on a page. The result raises Unusable where the browser is gone."""
        if self._stopping.is_set():
            ended: Future[Observed] = Future()
            ended.set_exception(Unusable(GONE))
            return ended
        return self._executor.submit(self._run, script)

    def close(self) -> None:
        """End the browser, and wait until it has ended."""
        self._stopping.set()
        self._executor.submit(self._end)
        self._executor.shutdown(wait=True)

    def _begin(self) -> BrowserFacts:
        try:
            from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - an optional dependency
        except ModuleNotFoundError:
            raise Unusable(NO_PLAYWRIGHT) from None
        try:
            self._playwright = sync_playwright().start()
            self._browser, facts = start(self._playwright, self.choice)
        except Error as error:
            raise Unusable(_why(str(error), remote=self.choice.is_remote)) from None
        return facts

    def _run(self, script: Script) -> Observed:
        if self._browser is None or self._stopping.is_set():
            raise Unusable(GONE)
        from playwright.sync_api import Error  # noqa: PLC0415 - an optional dependency

        if reason := script.permit():
            raise Unusable(reason)
        try:
            tab = self._tab(self._browser, script)
            observed = tab.run(script, self._stopping.is_set)
            if script.leave:
                self._left.append(tab)
            elif not script.keep:
                tab.close()
        except Error as error:
            if not self._browser.is_connected():
                raise Unusable(GONE) from None
            first = str(error).partition("\n")[0]
            raise Unusable(f"the browser could not make the call ({first}): run again") from None
        return observed

    def _tab(self, browser: "Chromium", script: Script) -> Tab:
        key = (script.origin, script.sandboxed)
        if script.keep and not script.leave and key in self._tabs:
            return self._tabs[key]
        tab = Tab(browser, script, self.facts.user_agent, is_remote=self.choice.is_remote)
        if script.keep and not script.leave:
            self._tabs[key] = tab
        return tab

    def _end(self) -> None:
        if self._playwright is None:
            return
        from playwright.sync_api import Error  # noqa: PLC0415 - an optional dependency

        try:
            if self._browser is not None and self.choice.is_remote:
                for tab in (*self._tabs.values(), *self._left):
                    tab.close()
            if self._browser is not None:
                self._browser.close()
        except Error:
            pass  # it has ended already
        self._playwright.stop()


def result_of(future: Future[T]) -> T:
    """Return a result. Raises Unusable, also if Playwright itself was ended; it raises a plain Exception then."""
    if type(future.exception()) is Exception:
        raise Unusable(GONE)
    return future.result()


def _why(error: str, *, remote: bool) -> str:
    """Return in one line why a browser could not be started."""
    said = next((line.strip() for line in error.splitlines() if line.strip()), "no reason")
    if remote:
        return f"no browser answers at the address of --browser ({said}): check it, and start Chromium with --remote-debugging-port"
    if "no usable sandbox" in error.lower():
        return (
            "Chromium cannot start its sandbox for this user: allow user namespaces, or run in a container as root,"
            " where the sandbox is off"
        )
    return f"the browser could not be started ({said[:200]}): pass --browser PATH of a Chromium that starts on this machine"
