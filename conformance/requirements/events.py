"""Chapter events: every event is validated on its own, and an invalid one is skipped silently."""

from functools import partial

from conformance.requirements.model import (
    AUTHENTICATION,
    EVENT_TYPES,
    NOWHERE,
    SEND_EVENTS,
    Needs,
    inferred,
    silent,
    stated,
)

read_back = partial(stated, needs=Needs.INGESTION)
likely = partial(inferred, needs=Needs.INGESTION)
unsaid = partial(silent, needs=Needs.INGESTION)

INVALID_EVENT_KEEPS_BATCH = stated(
    "events.invalid-event-keeps-batch",
    AUTHENTICATION,
    "A batch of 1 to 100 entries is accepted even if one event is invalid, whatever is wrong with it and wherever it is.",
    hint="An invalid event is not a reason for a 422.",
)
ALL_INVALID_ACCEPTED = stated(
    "events.all-invalid-accepted",
    AUTHENTICATION,
    "A batch of 1 to 100 entries that are all invalid is accepted.",
)
ALL_INVALID_INGEST_NOTHING = read_back(
    "events.all-invalid-ingest-nothing",
    AUTHENTICATION,
    "If all events of a batch are invalid, nothing is ingested.",
)
SKIPPING_IS_SILENT = stated(
    "events.skipping-is-silent",
    AUTHENTICATION,
    "The answer to a batch with invalid events is the same as the answer to the batch without them.",
    hint="Do not report skipped events in a count, a list or a header.",
)
NEIGHBOURS_INGESTED = read_back(
    "events.neighbours-ingested",
    AUTHENTICATION,
    "The valid events of a batch are ingested, wherever its invalid events are.",
)
ANY_CONTENT_KEEPS_BATCH = stated(
    "events.any-content-keeps-batch",
    AUTHENTICATION,
    "A batch is accepted whatever legal JSON its entries hold: NUL, large numbers, unknown members, repeated ids.",
    hint="An unknown member, or a value that no column holds, is at most a reason to skip that one event.",
)
NEIGHBOURS_OF_ANY_CONTENT = read_back(
    "events.neighbours-of-any-content",
    AUTHENTICATION,
    "The valid events of a batch are ingested, whatever legal JSON its other entries hold.",
)
LONE_SURROGATE_KEEPS_BATCH = inferred(
    "events.lone-surrogate-keeps-batch",
    AUTHENTICATION,
    "A batch is accepted even if an entry holds a lone surrogate as an escape sequence.",
)
NEIGHBOURS_OF_LONE_SURROGATE = likely(
    "events.neighbours-of-lone-surrogate",
    AUTHENTICATION,
    "The valid events of a batch are ingested even if another entry holds a lone surrogate.",
)
HUGE_NUMBER_KEEPS_BATCH = inferred(
    "events.huge-number-keeps-batch",
    AUTHENTICATION,
    "A batch is accepted even if an entry holds a number that is too large for a double.",
    hint="A parser may limit numbers (RFC 8259, 6); but then one such number costs all events of its batch.",
)
ANY_MIX = read_back(
    "events.any-mix",
    AUTHENTICATION,
    "Any mix of valid and invalid events is accepted silently, and exactly the valid ones are ingested.",
)
ANY_MIX_UNUSUAL = likely(
    "events.any-mix-unusual",
    SEND_EVENTS,
    "Valid events with unusual values (any script, long texts, extreme numbers, nested data, offsets) are ingested in any mix.",
)
NON_OBJECTS_ACCEPTED = inferred(
    "events.non-objects-accepted", AUTHENTICATION, "A batch with an entry that is not an object is accepted."
)
NON_OBJECTS_SKIPPED = likely(
    "events.non-objects-skipped",
    AUTHENTICATION,
    "An entry that is not an object is skipped, and the valid events around it are ingested.",
)
TYPES_INGESTED = read_back(
    "events.types-ingested", EVENT_TYPES, "A valid event of every published type is ingested."
)
OPTIONAL_FIELDS_INGESTED = read_back(
    "events.optional-fields-ingested",
    SEND_EVENTS,
    "An event is ingested with and without each of its optional fields.",
)
LOOK_ALIKES_INGESTED = read_back(
    "events.look-alikes-ingested",
    SEND_EVENTS,
    "Valid text that looks absent or wrong is ingested: a collection_handle of 0, false or null, a query of one letter.",
    hint="Compare with the type of a value, not with its truth: some languages take the text 0 for false.",
)
ID_FORMS_INGESTED = read_back(
    "events.id-forms-ingested",
    SEND_EVENTS,
    "An event is ingested whether its event_id is a ULID or a UUID, of any version that RFC 4122 has.",
)
ID_SPELLINGS_INGESTED = likely(
    "events.id-spellings-ingested",
    SEND_EVENTS,
    "An event is ingested whatever the letter case of its ULID or UUID, and with the versions 6 and 7 of RFC 9562.",
)
ANY_SCRIPT_INGESTED = read_back(
    "events.any-script-ingested", SEND_EVENTS, "An event with text in any script is ingested."
)
NESTED_DATA_INGESTED = read_back(
    "events.nested-data-ingested",
    SEND_EVENTS,
    "An event whose contextual_data is empty, or nested five deep, is ingested.",
)
PRODUCT_0_INGESTED = likely(
    "events.product-0-ingested", SEND_EVENTS, "An event whose product_id is 0 is ingested."
)
PUNCTUATION_INGESTED = likely(
    "events.punctuation-ingested",
    SEND_EVENTS,
    "An event whose session_id has punctuation in it is ingested.",
)
OLD_EVENTS_INGESTED = likely(
    "events.old-events-ingested",
    SEND_EVENTS,
    "An event whose timestamp is an hour, a day or a week old is ingested.",
)
NAMES_EXACT = read_back(
    "events.names-exact",
    SEND_EVENTS,
    "An event is not ingested if the name of a required field has another letter case, because the field is missing.",
    hint="The names of members are exact (RFC 8259). Go's encoding/json, for one, ignores letter case.",
)
UNKNOWN_TYPE_SKIPPED = read_back(
    "events.unknown-type-skipped",
    EVENT_TYPES,
    "An event whose event_type is made up is not ingested, even if it contains the name of a published type.",
)
TYPE_CASE_SKIPPED = likely(
    "events.type-case-skipped",
    EVENT_TYPES,
    "An event whose event_type is a published type in another letter case is not ingested.",
)
BOOLEANS_SKIPPED = likely(
    "events.booleans-skipped",
    SEND_EVENTS,
    "An event with a boolean in place of a string or a number is not ingested.",
)
NUMBERS_FOR_STRINGS_SKIPPED = likely(
    "events.numbers-for-strings-skipped",
    SEND_EVENTS,
    "An event with a number in place of a string is not ingested.",
)
NO_DATE_SKIPPED = read_back(
    "events.no-date-skipped",
    SEND_EVENTS,
    "An event whose timestamp is not a date at all, such as the name of a day, is not ingested.",
)
TIMESTAMP_UTC_INGESTED = read_back(
    "events.timestamp-utc-ingested", SEND_EVENTS, "An event whose timestamp is ISO 8601 with Z is ingested."
)
TIMESTAMP_OFFSET_INGESTED = likely(
    "events.timestamp-offset-ingested",
    SEND_EVENTS,
    "An event whose timestamp is ISO 8601 with an offset is ingested.",
)
TIMESTAMP_HTTP_DATE_INGESTED = likely(
    "events.timestamp-http-date-ingested",
    SEND_EVENTS,
    "An event whose timestamp is an RFC 7231 date is ingested.",
)
EMPTY_STRINGS_SKIPPED = likely(
    "events.empty-strings-skipped",
    SEND_EVENTS,
    "An event with an empty string in a required field is not ingested.",
)
POSITION_FROM_ONE = likely(
    "events.position-from-one", SEND_EVENTS, "An event whose position is 0 or negative is not ingested."
)
EVENT_ID_REQUIRED = read_back(
    "events.event-id-required", SEND_EVENTS, "An event without event_id is not ingested."
)
EVENT_ID_TYPED = read_back(
    "events.event-id-typed",
    SEND_EVENTS,
    "An event whose event_id clearly has the wrong JSON type is not ingested.",
)
EVENT_TYPE_REQUIRED = read_back(
    "events.event-type-required", SEND_EVENTS, "An event without event_type is not ingested."
)
EVENT_TYPE_TYPED = read_back(
    "events.event-type-typed",
    SEND_EVENTS,
    "An event whose event_type clearly has the wrong JSON type is not ingested.",
)
TIMESTAMP_REQUIRED = read_back(
    "events.timestamp-required", SEND_EVENTS, "An event without timestamp is not ingested."
)
TIMESTAMP_TYPED = read_back(
    "events.timestamp-typed",
    SEND_EVENTS,
    "An event whose timestamp clearly has the wrong JSON type is not ingested.",
)
SESSION_ID_REQUIRED = read_back(
    "events.session-id-required", SEND_EVENTS, "An event without session_id is not ingested."
)
SESSION_ID_TYPED = read_back(
    "events.session-id-typed",
    SEND_EVENTS,
    "An event whose session_id clearly has the wrong JSON type is not ingested.",
)
PRODUCT_ID_REQUIRED = read_back(
    "events.product-id-required",
    SEND_EVENTS,
    "A product-scoped event without product_id is not ingested.",
)
PRODUCT_ID_TYPED = read_back(
    "events.product-id-typed",
    SEND_EVENTS,
    "A product-scoped event whose product_id clearly has the wrong JSON type is not ingested.",
)
COLLECTION_HANDLE_REQUIRED = read_back(
    "events.collection-handle-required",
    SEND_EVENTS,
    "A collection_view without collection_handle is not ingested.",
)
COLLECTION_HANDLE_TYPED = read_back(
    "events.collection-handle-typed",
    SEND_EVENTS,
    "A collection_view whose collection_handle clearly has the wrong JSON type is not ingested.",
)
POSITION_REQUIRED = read_back(
    "events.position-required",
    SEND_EVENTS,
    "A product click, impression, hover or touch without position is not ingested.",
)
POSITION_TYPED = read_back(
    "events.position-typed",
    SEND_EVENTS,
    "A product click, impression, hover or touch whose position clearly has the wrong JSON type is not ingested.",
)
CUSTOMER_ID_TYPED = likely(
    "events.customer-id-typed",
    SEND_EVENTS,
    "An event whose customer_id clearly has the wrong JSON type is not ingested.",
)
ATTRIBUTION_TOKEN_TYPED = likely(
    "events.attribution-token-typed",
    SEND_EVENTS,
    "An event whose attribution_token clearly has the wrong JSON type is not ingested.",
)
SHOPPING_CHANNEL_TYPED = likely(
    "events.shopping-channel-typed",
    SEND_EVENTS,
    "An event whose shopping_channel clearly has the wrong JSON type is not ingested.",
)
VARIANT_ID_TYPED = likely(
    "events.variant-id-typed",
    SEND_EVENTS,
    "An event whose variant_id clearly has the wrong JSON type is not ingested.",
)
MARKETING_SOURCE_TYPED = likely(
    "events.marketing-source-typed",
    SEND_EVENTS,
    "An event whose marketing_source clearly has the wrong JSON type is not ingested.",
)
MARKETING_MEDIUM_TYPED = likely(
    "events.marketing-medium-typed",
    SEND_EVENTS,
    "An event whose marketing_medium clearly has the wrong JSON type is not ingested.",
)
MARKETING_CAMPAIGN_TYPED = likely(
    "events.marketing-campaign-typed",
    SEND_EVENTS,
    "An event whose marketing_campaign clearly has the wrong JSON type is not ingested.",
)
CONTEXTUAL_DATA_TYPED = likely(
    "events.contextual-data-typed",
    SEND_EVENTS,
    "An event whose contextual_data clearly has the wrong JSON type is not ingested.",
)
SHOPPING_CHANNEL_LISTED = likely(
    "events.shopping-channel-listed",
    SEND_EVENTS,
    "An event whose shopping_channel is neither web nor app is not ingested.",
)
NUMERIC_STRING = unsaid(
    "events.numeric-string",
    NOWHERE,
    "Whether an event with a numeric string in place of a number is ingested.",
)
FRACTIONAL_POSITION = unsaid(
    "events.fractional-position", NOWHERE, "Whether an event with a fractional position is ingested."
)
EVENT_ID_FORM = unsaid(
    "events.event-id-form", NOWHERE, "Whether an event_id that is neither ULID nor UUID is ingested."
)
SEARCH_WITHOUT_QUERY = unsaid(
    "events.search-without-query", NOWHERE, "Whether a search without a query is ingested."
)
UNKNOWN_FIELD = unsaid(
    "events.unknown-field", NOWHERE, "Whether an event with an unknown extra field is ingested."
)
NUMERIC_TIMESTAMP = unsaid(
    "events.numeric-timestamp", NOWHERE, "Whether an event with a numeric timestamp is ingested."
)
LOOSE_DATES = unsaid(
    "events.loose-dates",
    NOWHERE,
    "Which of the dates that parsers disagree on are accepted (no zone, no time, 30 February).",
)
NULL_FIELDS = unsaid(
    "events.null-fields",
    NOWHERE,
    "Whether an event with null in an optional field other than customer_id is ingested.",
)
DUPLICATE_EVENT_ID = unsaid(
    "events.duplicate-event-id",
    NOWHERE,
    "How many times an event is stored if it is sent twice with the same event_id.",
)
STORED_COPIES = unsaid(
    "events.stored-copies", NOWHERE, "How many times an event is stored that was sent once."
)
