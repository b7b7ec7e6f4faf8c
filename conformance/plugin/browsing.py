"""The browser of one run: what it needs, whether it can judge, and its visits to the reference and to the target."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance import reference
from conformance.browser import Browser, Unusable, Visit
from conformance.browser.launching import Choice
from conformance.browser.places import host_of, private_addresses
from conformance.browser.self_test import HELD, begin, self_test
from conformance.client import HttpClient, Target, clock
from conformance.doctor import Step, StepResult
from conformance.doctor.browser import browser_steps
from conformance.expect import NotJudged
from conformance.ingestion import ReadBack
from conformance.ingestion.observers import Observer, connect
from conformance.inputs.factory import EventFactory, SentEvent
from conformance.settings import Settings

NEEDS_BROWSER = "needs a real browser: pass --browser auto"
NOT_FOR_BROWSERS = ("headers", "ca_file", "client_cert", "connect_to")
"""Settings that the suite's own client follows and the browser cannot follow yet. A version without them has none."""
PATIENCE = 10.0
"""Seconds until an event of the self-test must be visible."""


def not_followed(settings: Settings) -> str:
    """Return why the browser would not reach the target in the way that these settings say; empty if it does."""
    given = [name for name in NOT_FOR_BROWSERS if getattr(settings, name, None)]
    flags = ", ".join(f"--{name.replace('_', '-')}" for name in given)
    return f"the browser cannot follow {flags}: leave it out to judge the class browser" if given else ""


@dataclass
class Browsing:
    """A browser that judges one target. It starts in the background; ``steps`` or ``visit`` wait for it."""

    settings: Settings
    visit: Visit
    """The visit to the target."""
    server: "reference.Server"
    """The reference for the self-test."""
    test: Visit
    """The visit to that reference."""
    observer: Observer
    """Reads the events of that reference."""
    reason: str = ""
    """Why the class is not judged; empty while nothing speaks against it."""
    _facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def start(
        cls, settings: Settings, run: str, target: Target, factory: EventFactory, read_back: ReadBack
    ) -> "Browsing":
        """Start a browser in the background; ``run`` identifies the run."""
        server = reference.Server()
        server.start()
        reached = (server.url, settings.target, *filter(None, (settings.proxy,)))
        browser = Browser(
            Choice(
                settings.browser,
                tuple(dict.fromkeys(map(host_of, reached))),
                tuple(address for url in reached for address in private_addresses(url)),
            )
        )
        own = Target(server.url, reference.TOKEN, reference.ORIGIN, HttpClient(settings.timeout))
        made = EventFactory(f"{run}-self-test")
        observer = connect(server.observer, clock.utc_now(), settings.timeout)
        stored = ReadBack(own, made, observer, PATIENCE)
        test = _visit(browser, own, made, stored, reference.ORIGIN, reference.OTHER_ORIGIN)
        test.one_page = True
        second = settings.other_origin or settings.other_store_origin
        visit = _visit(browser, target, factory, read_back, settings.origin, second)
        visit.proxy = settings.proxy
        if not settings.other_origin:
            visit.second_token = settings.other_token
        return cls(settings, visit, server, test, observer)

    def begin_self_test(self) -> None:
        """Have the browser begin with the calls of the self-test."""
        begin(self.test)

    def steps(self) -> Iterator[Step]:
        """Yield the steps of the doctor. The first one that fails says why the class is not judged."""
        browser = self.visit.browser
        for step in browser_steps(browser, self._self_test, self.settings.origin, self.settings.target):
            if step.result is not StepResult.OK:
                self.reason = step.sentence
            yield step

    def _self_test(self) -> str:
        return self_test(self.test)

    @property
    def facts(self) -> dict[str, Any] | None:
        """The browser and its self-test, for the results; None if there was no browser."""
        if not self.visit.browser.has_started:
            return None  # the run was interrupted before
        try:
            facts = self.visit.browser.facts.to_json()
        except Unusable:
            return None
        return {**facts, "self_test": HELD if not self.reason else self.reason}

    def end(self) -> None:
        """End the browser and the reference."""
        self.visit.browser.close()
        self.observer.close()
        self.test.target.http_client.stop()
        self.server.stop()


def _visit(
    browser: Browser,
    target: Target,
    factory: EventFactory,
    read_back: ReadBack,
    origin: str,
    other_origin: str,
) -> Visit:
    def shows(sent: SentEvent, token: str) -> bool | None:
        try:
            return bool(read_back.wait_for([sent], token=token).of(sent))
        except NotJudged:
            return None

    def shows_now(sent: SentEvent, token: str) -> bool | None:
        try:
            return bool(read_back.wait_for_sentinel(token=token).of(sent))
        except NotJudged:
            return None

    return Visit(browser, target, factory, origin, other_origin, shows=shows, shows_now=shows_now)
