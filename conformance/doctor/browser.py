"""Tries whether a real browser can judge: it starts, it passes the self-test, and a page at the store's origin can reach the target."""

from collections.abc import Callable, Iterator

from conformance.browser import Browser, Unusable
from conformance.browser.driver import result_of
from conformance.browser.places import hindrance
from conformance.browser.tab import Script
from conformance.browser.visit import NO_ORIGIN
from conformance.doctor.step import Step, StepResult

NOT_JUDGED = "until then, the class browser is not judged"


def browser_steps(browser: Browser, test: Callable[[], str], origin: str, target: str) -> Iterator[Step]:
    """Yield the steps, and end with the first one that fails. ``test`` is the self-test, which returns why it failed."""
    tried = "start a browser"
    try:
        facts = browser.facts
    except Unusable as missing:
        yield _failed("browser", tried, str(missing))
        return
    seen = f"{facts.name} {facts.version} ({facts.path}), sandbox {facts.sandbox}"
    yield Step("browser", StepResult.OK, tried, seen)
    tried = "make the same calls to the bundled reference"
    if reason := test():
        yield _failed("self-test", tried, reason)
        return
    yield Step("self-test", StepResult.OK, tried, "every call is as it has to be")
    yield _page(browser, origin, target)


def _page(browser: Browser, origin: str, target: str) -> Step:
    """Open a page at the store's origin, and look whether it could reach the target."""
    tried = f"open a page at {origin}" if origin else "open a page of the store"
    why = NO_ORIGIN if not origin else hindrance(origin, target)
    if why:
        return _failed("page", tried, why)
    try:
        seen = result_of(browser.run(Script(origin, "({})", seconds=0))).origin
    except Unusable as reason:
        return _failed("page", tried, str(reason))
    if seen != origin:
        return _failed("page", tried, f"the browser gives it the origin {seen}: pass --origin {seen}")
    return Step(
        "page",
        StepResult.OK,
        tried,
        "it has this origin, and browsers connect to the scheme and port of --target",
    )


def _failed(step: str, tried: str, reason: str) -> Step:
    """Return a step that keeps the browser from judging; a reason says after its colon what to do."""
    observed, _, advice = reason.rpartition(": ")
    return Step(
        step, StepResult.WARNING, tried, observed or reason, f"{advice or reason}; {NOT_JUDGED}", ("browser",)
    )
