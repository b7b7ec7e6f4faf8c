"""A real browser: finds and drives it, makes the documented calls from a page, and reads what the network log says.

It owns Playwright, which is an optional dependency. It reports what happened; checks and expectations judge.
"""

from conformance.browser.calls import Call
from conformance.browser.driver import Browser
from conformance.browser.launching import BrowserFacts, Unusable
from conformance.browser.visit import PageCall, Visit

__all__ = ["Browser", "BrowserFacts", "Call", "PageCall", "Unusable", "Visit"]
