"""Chapter batch: what the body must look like at its top level."""

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
    "batch.accepts-1-to-100", AUTHENTICATION, "A batch of 1 to 100 entries is accepted."
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
    "The limit of 100 counts all entries, valid or not: 100 are accepted, 101 are answered with 422.",
    hint="Check the length before you validate the events, not after you drop the invalid ones.",
)
EMPTY_REFUSED = stated("batch.empty-refused", AUTHENTICATION, "An empty events array is answered with 422.")
MISSING_EVENTS_REFUSED = stated(
    "batch.missing-events-refused",
    AUTHENTICATION,
    "A JSON object without an events member is answered with 422.",
    hint="The names of members are exact (RFC 8259): Events is another name. Go's encoding/json, for one, ignores letter case.",
)
EVENTS_NOT_AN_ARRAY_REFUSED = stated(
    "batch.events-not-an-array-refused",
    SEND_EVENTS,
    "An events member that is not an array is answered with 422.",
)
BODY_NOT_AN_OBJECT_REFUSED = stated(
    "batch.body-not-an-object-refused", SEND_EVENTS, "A JSON body that is not an object is answered with 422."
)
NOT_JSON_REFUSED = stated(
    "batch.not-json-refused",
    SEND_EVENTS,
    "A body that is empty or not JSON is refused: the answer is neither a success nor a server error.",
)
NOT_JSON_UNPROCESSABLE = inferred(
    "batch.not-json-unprocessable", SEND_EVENTS, "A body that is empty or not JSON is answered with 422."
)
REFUSED_INGESTS_NOTHING = inferred(
    "batch.refused-ingests-nothing",
    AUTHENTICATION,
    "No event of a batch that is answered with 422 is ingested.",
    needs=Needs.INGESTION,
)
UNKNOWN_MEMBER = silent("batch.unknown-member", NOWHERE, "How an unknown member next to events is handled.")
CONTENT_ENCODING = silent("batch.content-encoding", NOWHERE, "How a gzip-compressed body is handled.")
CHARSET = silent("batch.charset", NOWHERE, "How a charset parameter in the content type is handled.")
TEXT_PLAIN = silent(
    "batch.text-plain",
    NOWHERE,
    "How a JSON body sent as text/plain is handled (sendBeacon with a plain string).",
)
NO_CONTENT_TYPE = silent(
    "batch.no-content-type", NOWHERE, "How a JSON body without a content type is handled."
)
LARGEST_BODY = silent("batch.largest-body", NOWHERE, "How a legal batch of 4 MB is handled.")
JSON_EXTENSIONS = silent(
    "batch.json-extensions",
    NOWHERE,
    "How a body is handled if only lenient JSON parsers accept it (NaN, a byte order mark).",
)
