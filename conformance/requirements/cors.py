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
    "A 201 carries one Access-Control-Allow-Credentials line, exactly true.",
    hint="Browsers compare the four bytes: True, TRUE and 1 are not true.",
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
    "A 422 to a valid token carries one Access-Control-Allow-Credentials line, exactly true.",
)
UNAUTHENTICATED_ORIGIN = inferred(
    "cors.unauthenticated-origin",
    AUTHENTICATION,
    "A 401 reflects the request's Origin, so that the page can read it.",
)
UNAUTHENTICATED_CREDENTIALS = inferred(
    "cors.unauthenticated-credentials",
    AUTHENTICATION,
    "A 401 carries one Access-Control-Allow-Credentials line, exactly true.",
)
REFLECTS_EACH_ORIGIN = stated(
    "cors.reflects-each-origin",
    AUTHENTICATION,
    "The reflected origin follows the request: another authorised origin is reflected as itself.",
)
PREFLIGHT_REFLECTS_EACH_ORIGIN = standard(
    "cors.preflight-reflects-each-origin",
    CHECK,
    "The preflight's reflected origin follows the request: another authorised origin is reflected as itself.",
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
    "The preflight of sendBeacon carries one Access-Control-Allow-Credentials line, exactly true.",
)
BEACON_PREFLIGHT_CONTENT_TYPE = standard(
    "cors.beacon-preflight-content-type",
    PREFLIGHT,
    "The preflight of sendBeacon names content-type in Access-Control-Allow-Headers.",
    hint="With credentials * is no wildcard: the header has to be named.",
)
BEACON_PREFLIGHT_LISTS = standard(
    "cors.beacon-preflight-lists",
    PREFLIGHT,
    "Access-Control-Allow-Methods and -Headers of a preflight, where present, are comma-separated names.",
)
HEADER_PREFLIGHT_STATUS = standard(
    "cors.header-preflight-status",
    PREFLIGHT,
    "The preflight of fetch with the token header, which carries no token, is answered with 200-299.",
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
    "Access-Control-Allow-Methods, where present, covers POST.",
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
VARY = standard(
    "cors.vary", CACHES, "Vary on answers with a reflected origin lists Origin, or is *.", level=Level.SHOULD
)
PREFLIGHT_VARY = standard(
    "cors.preflight-vary",
    CACHES,
    "Vary on preflights with a reflected origin lists Origin, or is *.",
    level=Level.SHOULD,
)
NO_COOKIE_SET = inferred("cors.no-cookie-set", AUTHENTICATION, "No answer sets a cookie.")
COOKIE_INDEPENDENT = inferred(
    "cors.cookie-independent", AUTHENTICATION, "Status and CORS lines do not depend on a Cookie."
)
UNAUTHORISED_ORIGIN = silent(
    "cors.unauthorised-origin", NOWHERE, "What an origin that nobody authorised gets."
)
NULL_ORIGIN = silent("cors.null-origin", NOWHERE, "What Origin: null gets.")
MAX_AGE = silent("cors.max-age", NOWHERE, "How long browsers may keep a preflight (Access-Control-Max-Age).")
EXPOSED_HEADERS = silent(
    "cors.exposed-headers", NOWHERE, "Which headers pages may read (Access-Control-Expose-Headers)."
)
TEXT_PLAIN = silent(
    "cors.text-plain", NOWHERE, "What a page's text/plain beacon, which needs no preflight, gets."
)
OTHER_STATUSES = silent("cors.other-statuses", NOWHERE, "Whether answers of other statuses carry CORS lines.")
