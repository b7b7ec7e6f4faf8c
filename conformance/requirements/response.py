"""Chapter response: what the answers look like."""

from conformance.requirements.model import (
    AUTHENTICATION,
    NOWHERE,
    OVERVIEW,
    SEND_EVENTS,
    Level,
    inferred,
    silent,
    stated,
)

CREATED = stated(
    "response.created",
    SEND_EVENTS,
    "An accepted batch is answered with 201.",
    hint="An older, retired reference page said 204.",
)
NULL_OR_EMPTY = stated(
    "response.null-or-empty", f"{SEND_EVENTS}, {OVERVIEW}", "The body of a 201 is JSON null or empty."
)
NULL_JSON = stated(
    "response.null-json",
    SEND_EVENTS,
    "The body of a 201 is exactly null, with the content type application/json.",
    level=Level.SHOULD,
)
UNAUTHENTICATED_BODY = stated(
    "response.unauthenticated-body", AUTHENTICATION, 'The body of a 401 is {"error": "Unauthenticated"}.'
)
UNAUTHENTICATED_JSON = inferred(
    "response.unauthenticated-json", AUTHENTICATION, "A 401 carries the content type application/json."
)
ERRORS_BODY = stated(
    "response.errors-body",
    AUTHENTICATION,
    'The body of a 422 is an object with "errors", a non-empty array of strings.',
)
ERRORS_JSON = inferred(
    "response.errors-json", AUTHENTICATION, "A 422 carries the content type application/json."
)
TOKEN_NOT_REPEATED = inferred(
    "response.token-not-repeated", AUTHENTICATION, "Error bodies and headers never repeat the token."
)
OTHER_METHODS = silent("response.other-methods", NOWHERE, "How GET, PUT, PATCH and DELETE are answered.")
