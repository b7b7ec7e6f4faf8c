"""Advice on chapters events and enrichment."""

from conformance.requirements import enrichment, events
from conformance.requirements.advice.model import ANYWHERE, DJANGO, EXPRESS, FASTAPI, FLASK, WORKERS, Advice

ADVICE = (
    Advice(
        (events.INVALID_EVENT_KEEPS_BATCH, events.ALL_INVALID_ACCEPTED, events.NON_OBJECTS_ACCEPTED),
        "Events are validated as part of the body, so one invalid event refuses the whole batch.",
        {
            ANYWHERE: "Use two steps: the top level decides the answer, then each event is validated on its own and stored or skipped.",
            FASTAPI: "Declare events as list[Any], not list[Event], and call Event.model_validate(entry) in a try for each entry.",
            FLASK: "With marshmallow, call Schema().load(entry) in a try for each entry, not many=True.",
            DJANGO: "With REST framework, use one serializer for each entry, not many=True with raise_exception=True.",
            EXPRESS: "Use entries.filter((entry) => event.safeParse(entry).success), not z.array(event).parse(entries).",
            WORKERS: "Use entries.filter((entry) => event.safeParse(entry).success), not z.array(event) in zValidator.",
        },
    ),
    Advice(
        (events.NEIGHBOURS_INGESTED, events.ANY_MIX),
        "The loop ends at the first invalid event, or one invalid event makes storing the whole batch fail.",
        {
            ANYWHERE: "Put the try around one event, not around the loop, and use continue, not break. Drop invalid events"
            " before anything is stored, so no transaction is rolled back because of one.",
        },
    ),
    Advice(
        (
            events.ANY_CONTENT_KEEPS_BATCH,
            events.NEIGHBOURS_OF_ANY_CONTENT,
            events.HUGE_NUMBER_KEEPS_BATCH,
            events.LONE_SURROGATE_KEEPS_BATCH,
            events.NEIGHBOURS_OF_LONE_SURROGATE,
        ),
        "The whole body is read into strict types, or all events of a batch are stored in one statement or transaction, which"
        " fails for one of them.",
        {
            ANYWHERE: "Read each entry on its own, ignore unknown members, and store each event so that its error concerns no"
            " other, with ON CONFLICT DO NOTHING for known ids. PostgreSQL stores no NUL: skip that event.",
            FASTAPI: "Declare events as list[Any], and catch every error of reading and storing for each entry.",
            DJANGO: "Use bulk_create(ignore_conflicts=True), and a transaction.atomic() for each event if that fails.",
            EXPRESS: "Use Promise.allSettled, not Promise.all, and insertMany with ordered: false.",
            WORKERS: "A batch of statements is one transaction: if it fails, store its events one by one.",
        },
    ),
    Advice(
        (events.NAMES_EXACT,),
        "The reader of JSON ignores the letter case of names.",
        {
            ANYWHERE: "In Go, read an entry into map[string]json.RawMessage and take its members by name; encoding/json folds"
            " the names of struct fields. In C#, leave PropertyNameCaseInsensitive off.",
        },
    ),
    Advice(
        (events.ID_FORMS_INGESTED, events.ID_SPELLINGS_INGESTED),
        "The event_id is checked with a pattern for one version of UUIDs, or for one letter case.",
        {
            ANYWHERE: "Accept what the UUID reader of the language accepts, and ULIDs; compare both without letter case.",
            EXPRESS: "validate() of uuid before version 9 does not know the versions 6 and 7.",
            FASTAPI: "Use pydantic's UUID, not UUID4.",
        },
    ),
    Advice(
        (events.ANY_SCRIPT_INGESTED,),
        "Text is stored or written to a log in an encoding that does not have every character.",
        {
            ANYWHERE: "Read the body as UTF-8, and use UTF-8 for the database (utf8mb4 in MySQL), its connection, files and logs.",
        },
    ),
    Advice(
        (events.LOOK_ALIKES_INGESTED, events.PRODUCT_0_INGESTED, events.NESTED_DATA_INGESTED),
        "A required value is tested for its truth, so the text 0, the number 0 or an empty object counts as missing.",
        {
            ANYWHERE: 'Test whether the field is there and has the right type; in PHP empty("0") is true, and in Go a validator\'s'
            " required refuses 0.",
            FASTAPI: "Use is None, not not value.",
            FLASK: "Use is None, not not value.",
            DJANGO: "Use is None, not not value.",
            EXPRESS: "Use value === undefined, not !value.",
            WORKERS: "Use value === undefined, not !value.",
        },
    ),
    Advice(
        (events.PUNCTUATION_INGESTED,),
        "A session_id is checked with a pattern, or becomes a part of a path, a key or a query without being encoded.",
        {ANYWHERE: "Accept any non-empty string, and encode it where it becomes a part of something else."},
    ),
    Advice(
        (events.OLD_EVENTS_INGESTED,),
        "Events older than a limit are skipped, or their partition is closed.",
        {
            ANYWHERE: "A browser sends a beacon when it is online again, days later: store it by its own timestamp."
        },
    ),
    Advice(
        (events.ANY_MIX_UNUSUAL,),
        "A column or a pattern accepts less than the contract's table does: in characters, length, size of"
        " numbers, depth of data or forms of a timestamp.",
        {
            ANYWHERE: "Store text in UTF-8 and numbers in 64 bits, store contextual_data as JSON, and let the language's"
            " own parser read ISO 8601. Do not skip an event for a long text."
        },
    ),
    Advice(
        (events.SKIPPING_IS_SILENT,),
        "The answer counts or lists skipped events, or differs in its status or in a header.",
        {ANYWHERE: "Count skipped events in logs and metrics; answer the same 201 and null."},
    ),
    Advice(
        (events.NON_OBJECTS_SKIPPED,),
        "Reading a field of a number, a string or null raises an error, and the other events are lost with it.",
        {
            FASTAPI: "Check isinstance(entry, dict) before you read the first field.",
            FLASK: "Check isinstance(entry, dict) before you read the first field.",
            DJANGO: "Check isinstance(entry, dict) before you read the first field.",
            EXPRESS: 'Check entry !== null && typeof entry === "object" && !Array.isArray(entry) before you read the first field.',
            WORKERS: 'Check entry !== null && typeof entry === "object" && !Array.isArray(entry) before you read the first field.',
        },
    ),
    Advice(
        (
            events.ALL_INVALID_INGEST_NOTHING,
            events.UNKNOWN_TYPE_SKIPPED,
            events.TYPE_CASE_SKIPPED,
            events.EVENT_ID_REQUIRED,
            events.EVENT_TYPE_REQUIRED,
            events.TIMESTAMP_REQUIRED,
            events.SESSION_ID_REQUIRED,
            events.PRODUCT_ID_REQUIRED,
            events.COLLECTION_HANDLE_REQUIRED,
            events.POSITION_REQUIRED,
        ),
        "One schema is used for every event_type, a required field is optional or has a default, or events"
        " are stored before they are validated.",
        {
            ANYWHERE: "Use one schema for each event_type, and skip an event whose type has none; openapi/beacon.yaml has"
            " them as JSON Schema.",
            FASTAPI: 'Use a union with Field(discriminator="event_type"); a required field has no default and no None.',
            DJANGO: "Choose a serializer by event_type; a required field has no default.",
            EXPRESS: 'Use z.discriminatedUnion("event_type", […]); do not use optional() or default() on a required field.',
            WORKERS: 'Use z.discriminatedUnion("event_type", […]); do not use optional() or default() on a required field.',
        },
    ),
    Advice(
        (
            events.EVENT_ID_TYPED,
            events.EVENT_TYPE_TYPED,
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
            events.CONTEXTUAL_DATA_TYPED,
            events.BOOLEANS_SKIPPED,
            events.NUMBERS_FOR_STRINGS_SKIPPED,
        ),
        "Only the presence of the field is checked, or the validator converts values: an object to text, true to 1, null to 0.",
        {
            ANYWHERE: "Check the JSON type before anything is converted: Number([7]) is 7 and Number('') is 0 in JavaScript, and"
            " null becomes an empty string or 0 in Go.",
            FASTAPI: "Use ConfigDict(strict=True): otherwise pydantic accepts true as 1 and 1 as a timestamp.",
            FLASK: "Check isinstance(value, str). bool is a subclass of int, so refuse it in a field for numbers.",
            DJANGO: "REST framework's CharField accepts numbers as strings: check the JSON type as well.",
            EXPRESS: "Use z.string(), not z.coerce.string(), and ajv without coerceTypes. Mongoose converts values, so"
            " validate before it.",
            WORKERS: "Use z.string(), not z.coerce.string().",
        },
    ),
    Advice(
        (events.SHOPPING_CHANNEL_LISTED,),
        "The event's schema allows any string as shopping_channel.",
        {
            FASTAPI: 'Declare shopping_channel: Literal["web", "app"] | None = None.',
            DJANGO: 'Use a ChoiceField with "web" and "app".',
            EXPRESS: 'Use z.enum(["web", "app"]).optional().',
            WORKERS: 'Use z.enum(["web", "app"]).optional().',
        },
    ),
    Advice(
        (events.NO_DATE_SKIPPED,),
        "The timestamp is stored as text and never parsed, or only compared with a pattern.",
        {
            FASTAPI: "datetime.fromisoformat(text) raises ValueError for words and for month 13.",
            FLASK: "datetime.fromisoformat(text) raises ValueError for words and for month 13.",
            DJANGO: "parse_datetime(text) returns None for words, and raises ValueError for month 13.",
            ANYWHERE: "Do not use a parser of free text (strtotime in PHP, Time.parse in Ruby, dateutil) or the database's own: they"
            " read Monday and now.",
            EXPRESS: "new Date(text) never throws: skip the event if Number.isNaN(Date.parse(text)).",
            WORKERS: "new Date(text) never throws: skip the event if Number.isNaN(Date.parse(text)).",
        },
    ),
    Advice(
        (
            events.TIMESTAMP_UTC_INGESTED,
            events.TIMESTAMP_OFFSET_INGESTED,
            events.TIMESTAMP_HTTP_DATE_INGESTED,
        ),
        "The parser accepts only one form of a date: without Z, without fractions or without an offset.",
        {
            FASTAPI: "datetime.fromisoformat accepts Z from Python 3.11 on; for HTTP dates add email.utils.parsedate_to_datetime.",
            FLASK: "datetime.fromisoformat accepts Z from Python 3.11 on; for HTTP dates add email.utils.parsedate_to_datetime.",
            DJANGO: "parse_datetime accepts Z and offsets; for HTTP dates add email.utils.parsedate_to_datetime.",
            EXPRESS: "Date.parse accepts all three; z.string().datetime() refuses offsets and HTTP dates.",
            WORKERS: "Date.parse accepts all three; z.string().datetime() refuses offsets and HTTP dates.",
        },
    ),
    Advice(
        (events.EMPTY_STRINGS_SKIPPED, events.POSITION_FROM_ONE),
        "The schema asks for any string and any number, not for a non-empty string and a number of at least 1.",
        {
            FASTAPI: "Use Field(min_length=1) and Field(ge=1).",
            DJANGO: "CharField refuses empty strings unless allow_blank is set; use min_value=1 for the position.",
            EXPRESS: "Use z.string().min(1) and z.number().min(1).",
            WORKERS: "Use z.string().min(1) and z.number().min(1).",
        },
    ),
    Advice(
        (events.TYPES_INGESTED, events.OPTIONAL_FIELDS_INGESTED),
        "A published type is missing from the list or goes to no pipeline, or an optional field is required"
        " or must not be null.",
        {
            FASTAPI: "Declare customer_id: str | None = None; without the default pydantic requires it.",
            DJANGO: "Use required=False and allow_null=True.",
            EXPRESS: "Use z.string().nullish() for customer_id: optional() alone refuses null.",
            WORKERS: "Use z.string().nullish() for customer_id: optional() alone refuses null.",
        },
    ),
    Advice(
        (enrichment.GEO_FILLED, enrichment.GEO_NOT_TRUSTED),
        "The place that the edge found is not passed on to where events are stored, or the event's own fields"
        " overwrite it.",
        {
            ANYWHERE: "Overwrite the event's fields with the server's, null if the place is unknown. Read a place from"
            " headers only if your own edge sets them.",
            WORKERS: "request.cf has country, region and city; a queue's consumer has no request, so pass them on.",
        },
    ),
    Advice(
        (enrichment.DEVICE_FILLED, enrichment.DEVICE_NOT_TRUSTED),
        "User-Agent is not parsed, is not passed on to where events are stored, or the event's own fields"
        " overwrite the result.",
        {
            ANYWHERE: "Parse the request's User-Agent (ua-parser in Python, ua-parser-js in JavaScript) before the events"
            " are queued, and overwrite the event's fields with the result.",
        },
    ),
    Advice(
        (enrichment.CHANNEL_OWN, enrichment.CHANNEL_APP, enrichment.CHANNEL_WEB),
        "The inferred value overwrites the event's own, X-Requested-With is compared by case or as a whole,"
        " or nothing is filled in.",
        {
            ANYWHERE: "Use the event's own value; else app if X-Requested-With, in lower case, contains tapcart or fuego;"
            " else what User-Agent says; else web.",
        },
    ),
    Advice(
        (enrichment.TIMESTAMP_UTC,),
        "The offset is dropped instead of converted, the column stores no zone, or what a failed parser gave is stored.",
        {
            FASTAPI: "Use moment.astimezone(UTC); moment.replace(tzinfo=UTC) is another instant.",
            FLASK: "Use moment.astimezone(UTC); moment.replace(tzinfo=UTC) is another instant.",
            DJANGO: "Set USE_TZ = True, and use moment.astimezone(UTC); moment.replace(tzinfo=UTC) is another instant.",
            EXPRESS: "Use new Date(text).toISOString().",
            WORKERS: "Use new Date(text).toISOString().",
        },
    ),
    Advice(
        (enrichment.CONTEXTUAL_DATA_DEFAULT,),
        "An absent contextual_data is stored as null, or left out.",
        {
            ANYWHERE: "Fill in {} before the event is stored: a column's default does not apply to an explicit null.",
            FASTAPI: "Declare contextual_data: dict[str, Any] = Field(default_factory=dict), and call model_dump() without"
            " exclude_unset.",
            EXPRESS: "Use event.contextual_data ?? {}.",
            WORKERS: "Use event.contextual_data ?? {}.",
        },
    ),
    Advice(
        (enrichment.FIELDS_KEPT,),
        "Fields are renamed, rounded or dropped between the body and the store.",
        {
            ANYWHERE: "Validate with the schema, but store the entry as it was sent, and overwrite only the server's fields.",
            FASTAPI: "pydantic drops fields that the model does not name, unless it has extra='allow'.",
            EXPRESS: "z.object drops fields that it does not name: use z.looseObject or passthrough().",
            WORKERS: "z.object drops fields that it does not name: use z.looseObject or passthrough().",
        },
    ),
    Advice(
        (enrichment.TEXT_KEPT, enrichment.NUMBERS_KEPT),
        "A column is too narrow, a connection has another encoding than UTF-8, or numbers become 32 bits or floats.",
        {
            ANYWHERE: "Use columns without a limit of length, UTF-8 everywhere, 64 bits for whole numbers, and no normalisation:"
            " a search word is stored as the shopper typed it.",
        },
    ),
    Advice(
        (enrichment.OWN_VALUES_KEPT,),
        "Values of the first or the last event are read once for the whole batch, or an object is shared by its events.",
        {
            ANYWHERE: "Read session_id, customer_id and contextual_data of each event, and begin each event with a new object."
        },
    ),
)
