"""Chapter batch: what a body must be at its top level."""

from conformance.requirements.model import (
    AUTHENTICATION,
    NOWHERE,
    SEND_EVENTS,
    Needs,
    inferred,
    silent,
    stated,
)

ACCEPTS_1_TO_100 = stated(
    "batch.accepts-1-to-100", AUTHENTICATION, "A batch of 1 to 100 entries is a success."
)
INGESTS_ALL = stated(
    "batch.ingests-all",
    AUTHENTICATION,
    "Every valid event of a batch of 1 to 100 entries is ingested.",
    needs=Needs.INGESTION,
)
OVER_100_REFUSED = stated(
    "batch.over-100-refused", AUTHENTICATION, "A batch of more than 100 entries is answered with 422."
)
LIMIT_COUNTS_ENTRIES = stated(
    "batch.limit-counts-entries",
    AUTHENTICATION,
    "The limit of 100 counts entries, valid or not: over it the answer is 422, at it a success.",
    hint="Check the length before events are validated, not after the invalid ones are dropped.",
)
EMPTY_REFUSED = stated("batch.empty-refused", AUTHENTICATION, "An empty events array is answered with 422.")
MISSING_EVENTS_REFUSED = stated(
    "batch.missing-events-refused", AUTHENTICATION, "An object without events is answered with 422."
)
EVENTS_NOT_AN_ARRAY_REFUSED = stated(
    "batch.events-not-an-array-refused", SEND_EVENTS, "events that are no array are answered with 422."
)
BODY_NOT_AN_OBJECT_REFUSED = stated(
    "batch.body-not-an-object-refused", SEND_EVENTS, "A JSON body that is no object is answered with 422."
)
NOT_JSON_REFUSED = stated(
    "batch.not-json-refused",
    SEND_EVENTS,
    "A body that is empty or not JSON is refused: neither a success nor a server error.",
)
NOT_JSON_UNPROCESSABLE = inferred(
    "batch.not-json-unprocessable", SEND_EVENTS, "A body that is empty or not JSON is answered with 422."
)
REFUSED_INGESTS_NOTHING = inferred(
    "batch.refused-ingests-nothing",
    AUTHENTICATION,
    "A batch that is answered with 422 ingests none of its events.",
    needs=Needs.INGESTION,
)
UNKNOWN_MEMBER = silent("batch.unknown-member", NOWHERE, "What an unknown member beside events comes to.")
CONTENT_ENCODING = silent("batch.content-encoding", NOWHERE, "What a gzip-compressed body comes to.")
CHARSET = silent("batch.charset", NOWHERE, "What a charset parameter on the content type comes to.")
TEXT_PLAIN = silent(
    "batch.text-plain",
    NOWHERE,
    "What a JSON body sent as text/plain (sendBeacon with a plain string) comes to.",
)
NO_CONTENT_TYPE = silent(
    "batch.no-content-type", NOWHERE, "What a JSON body without a content type comes to."
)
LARGEST_BODY = silent("batch.largest-body", NOWHERE, "What a legal batch of 4 MB comes to.")
JSON_EXTENSIONS = silent(
    "batch.json-extensions",
    NOWHERE,
    "What a body comes to that only lenient JSON parsers read (NaN, a byte order mark).",
)
