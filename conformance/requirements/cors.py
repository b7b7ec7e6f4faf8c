"""Chapter cors: what a browser needs to deliver an event and to read the answer."""

from conformance.requirements.model import (
    AUTHENTICATION,
    FETCH,
    NOWHERE,
    Level,
    inferred,
    silent,
    standard,
    stated,
)

PREFLIGHT = f"{FETCH}, CORS-preflight fetch"
CHECK = f"{FETCH}, CORS check"
CACHES = f"{FETCH}, CORS protocol and HTTP caches"

ACCEPTED_ORIGIN = stated(
    "cors.accepted-origin",
    AUTHENTICATION,
    "A 201 reflects the request's Origin in one Access-Control-Allow-Origin line, byte for byte.",
)
ACCEPTED_CREDENTIALS = stated(
    "cors.accepted-credentials",
    AUTHENTICATION,
    "A 201 carries one Access-Control-Allow-Credentials line with the value true.",
    hint="Browsers compare the text exactly: True, TRUE and 1 do not count as true. Without the line, only a fetch with credentials fails.",
)
REFUSED_ORIGIN = stated(
    "cors.refused-origin",
    AUTHENTICATION,
    "A 422 to a valid token reflects the request's Origin in one Access-Control-Allow-Origin line.",
    hint="Error handlers often answer outside the CORS middleware.",
)
REFUSED_CREDENTIALS = stated(
    "cors.refused-credentials",
    AUTHENTICATION,
    "A 422 to a valid token carries one Access-Control-Allow-Credentials line with the value true.",
    hint="Without the line, only a fetch with credentials cannot read the answer.",
)
UNAUTHENTICATED_ORIGIN = inferred(
    "cors.unauthenticated-origin",
    AUTHENTICATION,
    "A 401 reflects the request's Origin, so that the page can read it.",
)
UNAUTHENTICATED_CREDENTIALS = inferred(
    "cors.unauthenticated-credentials",
    AUTHENTICATION,
    "A 401 carries one Access-Control-Allow-Credentials line with the value true.",
    hint="Without the line, only a fetch with credentials cannot read the answer.",
)
REFLECTS_EACH_ORIGIN = stated(
    "cors.reflects-each-origin",
    AUTHENTICATION,
    "The reflected origin follows the request: a second authorised origin is reflected as itself.",
)
PREFLIGHT_REFLECTS_EACH_ORIGIN = standard(
    "cors.preflight-reflects-each-origin",
    CHECK,
    "The reflected origin follows the request in preflights too: a second authorised origin is reflected as itself.",
)
BEACON_PREFLIGHT_STATUS = standard(
    "cors.beacon-preflight-status",
    PREFLIGHT,
    "The preflight of sendBeacon to the ?token= URL is answered with 200-299, without a redirect.",
)
BEACON_PREFLIGHT_ORIGIN = standard(
    "cors.beacon-preflight-origin",
    CHECK,
    "The preflight of sendBeacon reflects the Origin in one line, never *.",
    hint="sendBeacon sends credentials, and * does not match a request with credentials.",
)
BEACON_PREFLIGHT_CREDENTIALS = standard(
    "cors.beacon-preflight-credentials",
    CHECK,
    "The preflight of sendBeacon carries one Access-Control-Allow-Credentials line with the value true.",
)
BEACON_PREFLIGHT_CONTENT_TYPE = standard(
    "cors.beacon-preflight-content-type",
    PREFLIGHT,
    "The preflight of sendBeacon names content-type in Access-Control-Allow-Headers.",
    hint="For a request with credentials, * is not a wildcard: name the header.",
)
BEACON_PREFLIGHT_LISTS = standard(
    "cors.beacon-preflight-lists",
    PREFLIGHT,
    "If a preflight's answer has Access-Control-Allow-Methods or -Headers, they are comma-separated names.",
)
HEADER_PREFLIGHT_STATUS = standard(
    "cors.header-preflight-status",
    PREFLIGHT,
    "The preflight of fetch with the token header is answered with 200-299, although it carries no token.",
    hint="A preflight never carries the token header: authenticate the POST, not the OPTIONS.",
)
HEADER_PREFLIGHT_ORIGIN = stated(
    "cors.header-preflight-origin",
    AUTHENTICATION,
    "The preflight of fetch with the token header reflects the Origin in one line.",
)
HEADER_PREFLIGHT_TOKEN_HEADER = standard(
    "cors.header-preflight-token-header",
    PREFLIGHT,
    "The preflight of fetch with the token header allows x-storefront-access-token.",
)
HEADER_PREFLIGHT_CONTENT_TYPE = standard(
    "cors.header-preflight-content-type",
    PREFLIGHT,
    "The preflight of fetch with the token header allows content-type.",
)
PREFLIGHT_METHODS = standard(
    "cors.preflight-methods",
    PREFLIGHT,
    "Access-Control-Allow-Methods, if present, allows POST.",
    level=Level.SHOULD,
)
UNKNOWN_TOKEN_PREFLIGHT = inferred(
    "cors.unknown-token-preflight",
    AUTHENTICATION,
    "A preflight whose URL carries an unknown token is still answered with 200-299.",
    hint="Otherwise the page cannot read the 401.",
)
NO_ORIGIN_SERVED = stated(
    "cors.no-origin-served",
    AUTHENTICATION,
    "A POST without Origin is served as usual: the header form is for servers too.",
)
BROWSER_LINES = stated(
    "cors.browser-lines",
    AUTHENTICATION,
    "A POST with the header lines of a browser gets the answer of the same POST without them: status, body and CORS lines.",
    hint="Pages of other sites are the documented callers: every browser sends Sec-Fetch-Site: cross-site and Accept: */*.",
)
VARY = standard(
    "cors.vary",
    CACHES,
    "An answer that reflects the origin has a Vary header that lists Origin or is *.",
    level=Level.SHOULD,
)
PREFLIGHT_VARY = silent(
    "cors.preflight-vary",
    NOWHERE,
    "Whether the answer to a preflight has a Vary header. No cache keeps an answer to OPTIONS (RFC 9110, 9.3.7).",
)
NO_COOKIE_SET = inferred("cors.no-cookie-set", AUTHENTICATION, "No answer sets a cookie.")
COOKIE_INDEPENDENT = inferred(
    "cors.cookie-independent", AUTHENTICATION, "Neither the status nor the CORS lines depend on a cookie."
)
UNAUTHORISED_ORIGIN = silent(
    "cors.unauthorised-origin", NOWHERE, "How a request from an origin that no store authorised is answered."
)
NULL_ORIGIN = silent("cors.null-origin", NOWHERE, "How a request with Origin: null is answered.")
MAX_AGE = silent("cors.max-age", NOWHERE, "How long browsers may cache a preflight (Access-Control-Max-Age).")
EXPOSED_HEADERS = silent(
    "cors.exposed-headers", NOWHERE, "Which headers pages may read (Access-Control-Expose-Headers)."
)
TEXT_PLAIN = silent(
    "cors.text-plain", NOWHERE, "How a page's text/plain beacon, which needs no preflight, is answered."
)
OTHER_STATUSES = silent(
    "cors.other-statuses", NOWHERE, "Whether answers with other statuses carry CORS lines."
)
