"""Chapter browser: what pages of an authorised origin can do in a real browser."""

from functools import partial

from conformance.requirements.model import (
    AUTHENTICATION,
    BEACON_GUIDE,
    FETCH,
    NOWHERE,
    Level,
    Needs,
    inferred,
    silent,
    standard,
    stated,
)

seen = partial(stated, needs=Needs.BROWSER)

BEACON_DELIVERED = seen(
    "browser.beacon-delivered",
    AUTHENTICATION,
    "An event that a page sends with sendBeacon arrives: the browser sends the POST, and it gets a success.",
    hint="sendBeacon returns true even if the preflight fails later and the POST is never sent.",
)
FALLBACK_READ = seen(
    "browser.fallback-read",
    BEACON_GUIDE,
    "The documented fallback, fetch with keepalive to the ?token= URL, gets a success that the page can read.",
)
HEADER_FETCH_READ = seen(
    "browser.header-fetch-read",
    AUTHENTICATION,
    "A page that calls fetch with the token header reads the success.",
)
CREDENTIALS_READ = seen(
    "browser.credentials-read",
    AUTHENTICATION,
    "A page that calls fetch with credentials reads the success, with the token in the header and in the query.",
)
REFUSAL_READ = seen(
    "browser.refusal-read",
    AUTHENTICATION,
    "A page reads the 422 to a valid token, and the errors in its body.",
)
EACH_ORIGIN = seen(
    "browser.each-origin",
    AUTHENTICATION,
    "Pages of two authorised origins can both send events and read answers, also one after the other.",
)
BODY_READ = standard(
    "browser.body-read",
    f"{FETCH}, handle content codings",
    "A page can read the body of the success to its end.",
    level=Level.SHOULD,
    needs=Needs.BROWSER,
)
UNAUTHENTICATED_READ = inferred(
    "browser.unauthenticated-read",
    AUTHENTICATION,
    "A page reads the 401 to an unknown token, and the error in its body.",
    needs=Needs.BROWSER,
)
UNLOAD_DELIVERED = inferred(
    "browser.unload-delivered",
    BEACON_GUIDE,
    "An event that a page sends with sendBeacon while the visitor leaves it is stored.",
    needs=Needs.BROWSER,
    hint="After the page is gone, browsers wait only a limited time for the answer to a preflight.",
)
PREFLIGHT_SECONDS = silent(
    "browser.preflight-seconds", NOWHERE, "How long a page's preflight takes.", needs=Needs.BROWSER
)
NULL_ORIGIN = silent(
    "browser.null-origin", NOWHERE, "What a page with the origin null gets.", needs=Needs.BROWSER
)
UNAUTHORISED_ORIGIN = silent(
    "browser.unauthorised-origin",
    NOWHERE,
    "What a page at an origin that no store allows gets.",
    needs=Needs.BROWSER,
)
TEXT_BEACON = silent(
    "browser.text-beacon",
    NOWHERE,
    "How a page's beacon with a plain text is answered; it needs no preflight.",
    needs=Needs.BROWSER,
)
