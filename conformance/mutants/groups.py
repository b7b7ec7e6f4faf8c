"""Groups of requirements that one mistake breaks together, because their checks send the same kind of request."""

from conformance.requirements import (
    Requirement,
    batch,
    browser,
    concurrency,
    cors,
    events,
    response,
    robustness,
    token,
)

Group = tuple[Requirement, ...]
"""Requirements that a mutant breaks together."""

CALLS_WITH_AN_EVENT: Group = (
    browser.BEACON_DELIVERED,
    browser.FALLBACK_READ,
    browser.HEADER_FETCH_READ,
    browser.CREDENTIALS_READ,
    browser.EACH_ORIGIN,
)
"""Their calls of a page send a valid event."""
EVERY_CALL: Group = (
    *CALLS_WITH_AN_EVENT,
    browser.REFUSAL_READ,
    browser.UNAUTHENTICATED_READ,
    browser.UNLOAD_DELIVERED,
)
"""Their calls of a page break together."""
NAMED_STORE: Group = (token.HEADER_NAMES_THE_STORE, token.NAMES_THE_STORE)
"""Their checks look for events of a guest."""
WITHOUT_A_TOKEN: Group = (
    token.REFUSED_WHATEVER_THE_BODY,
    token.AUTHORIZATION_IS_NO_SOURCE,
    token.COOKIE_IS_NO_SOURCE,
    token.BODY_IS_NO_SOURCE,
    token.OTHER_HEADER_IS_NO_SOURCE,
    token.OTHER_PARAMETER_IS_NO_SOURCE,
    token.ARRAY_PARAMETER_IS_NO_SOURCE,
    token.FORM_BODY_UNAUTHENTICATED,
    token.EVERY_REQUEST,
)
"""Their checks send no token in the two documented places."""
WITH_AN_UNKNOWN_TOKEN: Group = (
    token.HEADER_WINS,
    token.COMPARED_WHOLE,
    token.COMPARED_BY_CASE,
    token.LOOKED_UP,
    token.EVERY_REQUEST,
    token.REFUSED_WHATEVER_THE_BODY,
)
"""Their checks send an unknown token."""
ACCEPTED_OF_ONE: Group = (
    token.HEADER_ACCEPTED,
    token.QUERY_ACCEPTED,
    token.HEADER_WINS,
    token.HEADER_NAME_IN_ANY_CASE,
    token.QUERY_DECODED,
)
"""Their checks expect one event to be accepted, without an Origin."""
SERVER_TO_SERVER: Group = (token.HEADER_ACCEPTED, token.QUERY_ACCEPTED)
"""Their checks send a request without an Origin even to a target that needs one."""
EXACTLY_401: Group = (
    token.MISSING_REFUSED,
    token.UNKNOWN_HEADER_REFUSED,
    token.UNKNOWN_QUERY_REFUSED,
    token.COMPARED_WHOLE,
    token.COMPARED_BY_CASE,
    token.LOOKED_UP,
    *WITHOUT_A_TOKEN,
)
"""Their checks expect 401."""
ANY_UNAUTHENTICATED: Group = (
    *EXACTLY_401,
    token.HEADER_WINS,
    token.FORM_BODY_IS_NO_SOURCE,
    token.REFUSED_INGESTS_NOTHING,
    response.UNAUTHENTICATED_BODY,
    response.UNAUTHENTICATED_JSON,
    cors.UNAUTHENTICATED_ORIGIN,
    cors.UNAUTHENTICATED_CREDENTIALS,
)
"""Their checks expect 401, or that nothing is stored."""
FILLED: Group = (
    batch.INGESTS_ALL,
    batch.LIMIT_COUNTS_ENTRIES,
    events.INVALID_EVENT_KEEPS_BATCH,
    events.ALL_INVALID_ACCEPTED,
    events.NEIGHBOURS_INGESTED,
    robustness.CHUNKED_BODY,
    robustness.LARGE_BATCH,
)
"""Their checks send a full batch."""
ODD_VALUES: Group = (
    events.LOOK_ALIKES_INGESTED,
    events.ANY_SCRIPT_INGESTED,
    events.NESTED_DATA_INGESTED,
    events.PRODUCT_0_INGESTED,
    events.PUNCTUATION_INGESTED,
    events.OLD_EVENTS_INGESTED,
)
"""Their checks look for valid events of few types with one odd value each."""
CONVERTED: Group = (events.BOOLEANS_SKIPPED, events.NUMBERS_FOR_STRINGS_SKIPPED)
"""Their checks send values of a wrong type that many readers convert."""
TYPED: Group = (
    events.EVENT_ID_TYPED,
    events.TIMESTAMP_TYPED,
    events.SESSION_ID_TYPED,
    events.PRODUCT_ID_TYPED,
    events.COLLECTION_HANDLE_TYPED,
    events.POSITION_TYPED,
    events.CUSTOMER_ID_TYPED,
    events.ATTRIBUTION_TOKEN_TYPED,
    events.SHOPPING_CHANNEL_TYPED,
    events.VARIANT_ID_TYPED,
    events.MARKETING_SOURCE_TYPED,
    events.MARKETING_MEDIUM_TYPED,
    events.MARKETING_CAMPAIGN_TYPED,
)
"""Their checks send a field of a wrong type."""
MIXED: Group = (
    events.ANY_MIX,
    events.ANY_MIX_UNUSUAL,
    events.ANY_CONTENT_KEEPS_BATCH,
    events.NEIGHBOURS_OF_ANY_CONTENT,
    events.LONE_SURROGATE_KEEPS_BATCH,
    events.NEIGHBOURS_OF_LONE_SURROGATE,
    *ODD_VALUES,
)
"""Their checks send batches of very different events, and any mistake with events shows in some of them."""
MIX_ALSO_SHOWS: Group = (
    token.NAMES_THE_STORE,
    batch.ACCEPTS_1_TO_100,
    batch.INGESTS_ALL,
    response.CREATED,
    response.NULL_OR_EMPTY,
    events.INVALID_EVENT_KEEPS_BATCH,
    events.ALL_INVALID_INGEST_NOTHING,
    events.NEIGHBOURS_INGESTED,
    events.SKIPPING_IS_SILENT,
    events.ANY_MIX,
    events.TYPES_INGESTED,
    events.OPTIONAL_FIELDS_INGESTED,
    events.TIMESTAMP_UTC_INGESTED,
    events.NO_DATE_SKIPPED,
    events.TIMESTAMP_REQUIRED,
    events.TIMESTAMP_TYPED,
    events.PRODUCT_ID_TYPED,
    events.COLLECTION_HANDLE_TYPED,
    events.POSITION_TYPED,
    cors.NO_ORIGIN_SERVED,
)
"""Requirements that generated batches depend on."""
OF_EVERY_TYPE: Group = (batch.INGESTS_ALL, events.NEIGHBOURS_INGESTED, events.ANY_MIX)
"""Their checks send valid events of every type or of the simplest one, and look for them."""
AMONG_OTHERS: Group = (*OF_EVERY_TYPE, events.NON_OBJECTS_SKIPPED)
"""Their checks look for valid events, whatever is around them."""
TAKEN: Group = (
    events.TYPES_INGESTED,
    events.OPTIONAL_FIELDS_INGESTED,
    events.TIMESTAMP_UTC_INGESTED,
    events.TIMESTAMP_OFFSET_INGESTED,
    events.TIMESTAMP_HTTP_DATE_INGESTED,
)
"""Their checks send valid events that differ in one field, and look for them."""
SIMPLEST: Group = (
    events.ID_FORMS_INGESTED,
    events.ID_SPELLINGS_INGESTED,
    robustness.ANY_CALLER_INGESTED,
    token.SAME_ID_IN_BOTH_STORES,
)
"""Their checks send the simplest product_view, and look for it."""
ONE_FAULT: Group = (
    events.NAMES_EXACT,
    events.UNKNOWN_TYPE_SKIPPED,
    events.NO_DATE_SKIPPED,
    events.POSITION_FROM_ONE,
    events.EMPTY_STRINGS_SKIPPED,
    events.EVENT_ID_REQUIRED,
    events.EVENT_ID_TYPED,
    events.EVENT_TYPE_REQUIRED,
    events.EVENT_TYPE_TYPED,
    events.TIMESTAMP_REQUIRED,
    events.TIMESTAMP_TYPED,
    events.SESSION_ID_REQUIRED,
    events.SESSION_ID_TYPED,
    events.PRODUCT_ID_REQUIRED,
    events.PRODUCT_ID_TYPED,
    events.COLLECTION_HANDLE_REQUIRED,
    events.COLLECTION_HANDLE_TYPED,
    events.POSITION_REQUIRED,
    events.POSITION_TYPED,
    events.CUSTOMER_ID_TYPED,
    events.ATTRIBUTION_TOKEN_TYPED,
    events.SHOPPING_CHANNEL_TYPED,
    events.SHOPPING_CHANNEL_LISTED,
    events.VARIANT_ID_TYPED,
    events.MARKETING_SOURCE_TYPED,
    events.MARKETING_MEDIUM_TYPED,
    events.MARKETING_CAMPAIGN_TYPED,
    events.CONTEXTUAL_DATA_TYPED,
    events.TYPE_CASE_SKIPPED,
    *CONVERTED,
)
"""Their checks send invalid events side by side, each with one fault, and look for them."""
BURST_STORED: Group = (
    concurrency.ALL_INGESTED,
    concurrency.OWN_STORE,
    concurrency.SESSION_RETURNS,
    batch.INGESTS_ALL,
)
"""Their checks look for events of many requests at the same time, or for events that were lost anywhere in a run."""
PREFLIGHT_LINES: Group = (
    cors.BEACON_PREFLIGHT_ORIGIN,
    cors.BEACON_PREFLIGHT_CREDENTIALS,
    cors.BEACON_PREFLIGHT_CONTENT_TYPE,
    cors.HEADER_PREFLIGHT_ORIGIN,
    cors.HEADER_PREFLIGHT_TOKEN_HEADER,
    cors.HEADER_PREFLIGHT_CONTENT_TYPE,
)
"""Their checks read the lines of the answer to a preflight."""
