"""Advice on chapters events and enrichment."""

from conformance.requirements import enrichment, events
from conformance.requirements.advice.model import ANYWHERE, DJANGO, EXPRESS, FASTAPI, FLASK, WORKERS, Advice

ADVICE = (
    Advice(
        (events.INVALID_EVENT_KEEPS_BATCH, events.ALL_INVALID_ACCEPTED, events.NON_OBJECTS_ACCEPTED),
        "Events are validated as a part of the body, so that one bad event refuses the whole batch.",
        {
            ANYWHERE: "Two steps: the top level decides the answer, then each event is validated alone and kept or dropped.",
            FASTAPI: "Not events: list[Event] but list[Any], and Event.model_validate(entry) within try for each.",
            FLASK: "With marshmallow, one Schema().load(entry) within try for each, not many=True.",
            DJANGO: "With REST framework, one serializer for each entry, not many=True with raise_exception=True.",
            EXPRESS: "entries.filter((entry) => event.safeParse(entry).success), not z.array(event).parse(entries).",
            WORKERS: "entries.filter((entry) => event.safeParse(entry).success), not z.array(event) in zValidator.",
        },
    ),
    Advice(
        (events.NEIGHBOURS_INGESTED, events.ANY_MIX),
        "The loop ends at the first bad event, or one bad event makes the storing of the whole batch fail.",
        {
            ANYWHERE: "Put the try around one event, not around the loop; continue, not break. Filter before anything is"
            " stored, so that no transaction is rolled back for a bad event.",
        },
    ),
    Advice(
        (events.ANY_MIX_UNUSUAL,),
        "A column or a pattern is narrower than the contract's table: in letters, length, size of numbers, depth of data,"
        " or forms of a timestamp.",
        {
            ANYWHERE: "Take text in UTF-8 and numbers in 64 bits, keep contextual_data as JSON, and let the language's own"
            " parser read ISO 8601. Cut a long text rather than skip its event."
        },
    ),
    Advice(
        (events.SKIPPING_IS_SILENT,),
        "The answer counts or lists what was skipped, or differs in its status or a header.",
        {ANYWHERE: "Count skipped events in logs and metrics; answer the same 201 and null."},
    ),
    Advice(
        (events.NON_OBJECTS_SKIPPED,),
        "A field of a number, a string or null is read, which raises, and the neighbours are lost with it.",
        {
            FASTAPI: "isinstance(entry, dict) before the first field is read.",
            FLASK: "isinstance(entry, dict) before the first field is read.",
            DJANGO: "isinstance(entry, dict) before the first field is read.",
            EXPRESS: 'entry !== null && typeof entry === "object" && !Array.isArray(entry) before the first field is read.',
            WORKERS: 'entry !== null && typeof entry === "object" && !Array.isArray(entry) before the first field is read.',
        },
    ),
    Advice(
        (
            events.ALL_INVALID_INGEST_NOTHING,
            events.UNKNOWN_TYPE_SKIPPED,
            events.EVENT_ID_REQUIRED,
            events.EVENT_TYPE_REQUIRED,
            events.TIMESTAMP_REQUIRED,
            events.SESSION_ID_REQUIRED,
            events.PRODUCT_ID_REQUIRED,
            events.COLLECTION_HANDLE_REQUIRED,
            events.POSITION_REQUIRED,
        ),
        "One schema serves every event_type, a required field is optional or has a default in it, or the event is stored"
        " before it is validated.",
        {
            ANYWHERE: "One schema for each event_type, and no schema means skipped; openapi/beacon.yaml has them as JSON Schema.",
            FASTAPI: 'A union with Field(discriminator="event_type"); a required field has no default and no None.',
            DJANGO: "A serializer for each event_type, chosen by it; a required field has no default.",
            EXPRESS: 'z.discriminatedUnion("event_type", […]); no optional() and no default() on a required field.',
            WORKERS: 'z.discriminatedUnion("event_type", […]); no optional() and no default() on a required field.',
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
        ),
        "Only the presence of the field is checked, or the validator converts: an object to its text, true to 1.",
        {
            FASTAPI: "ConfigDict(strict=True): otherwise pydantic takes true for 1 and 1 for a timestamp.",
            FLASK: "isinstance(value, str); bool is a subclass of int, so refuse it where a number belongs.",
            DJANGO: "REST framework's CharField takes numbers for strings: check the JSON type as well.",
            EXPRESS: "z.string(), not z.coerce.string(); ajv without coerceTypes; Mongoose casts, so validate before it.",
            WORKERS: "z.string(), not z.coerce.string().",
        },
    ),
    Advice(
        (events.SHOPPING_CHANNEL_LISTED,),
        "shopping_channel is any string in the event's schema.",
        {
            FASTAPI: 'shopping_channel: Literal["web", "app"] | None = None.',
            DJANGO: 'A ChoiceField of "web" and "app".',
            EXPRESS: 'z.enum(["web", "app"]).optional().',
            WORKERS: 'z.enum(["web", "app"]).optional().',
        },
    ),
    Advice(
        (events.NO_DATE_SKIPPED,),
        "The timestamp is stored as text and never parsed, or only its outline is compared.",
        {
            FASTAPI: "datetime.fromisoformat(text) raises ValueError for words and for month 13.",
            FLASK: "datetime.fromisoformat(text) raises ValueError for words and for month 13.",
            DJANGO: "parse_datetime(text) returns None for words, and raises ValueError for month 13.",
            EXPRESS: "new Date(text) never throws: skip where Number.isNaN(Date.parse(text)).",
            WORKERS: "new Date(text) never throws: skip where Number.isNaN(Date.parse(text)).",
        },
    ),
    Advice(
        (
            events.TIMESTAMP_UTC_INGESTED,
            events.TIMESTAMP_OFFSET_INGESTED,
            events.TIMESTAMP_HTTP_DATE_INGESTED,
        ),
        "The parser knows one form of a date alone: without Z, without fractions, without an offset.",
        {
            FASTAPI: "datetime.fromisoformat takes Z from Python 3.11 on; for HTTP dates add"
            " email.utils.parsedate_to_datetime.",
            FLASK: "datetime.fromisoformat takes Z from Python 3.11 on; for HTTP dates add"
            " email.utils.parsedate_to_datetime.",
            DJANGO: "parse_datetime takes Z and offsets; for HTTP dates add email.utils.parsedate_to_datetime.",
            EXPRESS: "Date.parse takes all three; z.string().datetime() refuses offsets and HTTP dates.",
            WORKERS: "Date.parse takes all three; z.string().datetime() refuses offsets and HTTP dates.",
        },
    ),
    Advice(
        (events.EMPTY_STRINGS_SKIPPED, events.POSITION_FROM_ONE),
        "The schema asks for a string and a number, and not for a non-empty string and a number from 1.",
        {
            FASTAPI: "Field(min_length=1) and Field(ge=1).",
            DJANGO: "CharField refuses empty strings unless allow_blank is set; min_value=1 for the position.",
            EXPRESS: "z.string().min(1) and z.number().min(1).",
            WORKERS: "z.string().min(1) and z.number().min(1).",
        },
    ),
    Advice(
        (events.TYPES_INGESTED, events.OPTIONAL_FIELDS_INGESTED),
        "A published type is missing from the list or routed nowhere, or an optional field is required or may not be null.",
        {
            FASTAPI: "customer_id: str | None = None; without the default pydantic requires it.",
            DJANGO: "required=False and allow_null=True.",
            EXPRESS: "z.string().nullish() for customer_id: optional() alone refuses null.",
            WORKERS: "z.string().nullish() for customer_id: optional() alone refuses null.",
        },
    ),
    Advice(
        (enrichment.GEO_FILLED, enrichment.GEO_NOT_TRUSTED),
        "The edge's place is not passed on to where events are stored, or the event's own fields are laid over it.",
        {
            ANYWHERE: "Lay the server's fields over the event's, null where the place is unknown. Take a place from headers"
            " only where your own edge sets them.",
            WORKERS: "request.cf has country, region and city; a queue's consumer has no request, so pass them along.",
        },
    ),
    Advice(
        (enrichment.DEVICE_FILLED, enrichment.DEVICE_NOT_TRUSTED),
        "User-Agent is not parsed, is not passed on to where events are stored, or the event's own fields are laid over it.",
        {
            ANYWHERE: "Parse the request's User-Agent (ua-parser in Python, ua-parser-js in JavaScript) before the events"
            " are queued, and lay the result over the event's fields.",
        },
    ),
    Advice(
        (enrichment.CHANNEL_OWN, enrichment.CHANNEL_APP, enrichment.CHANNEL_WEB),
        "The inference overwrites the event's own value, X-Requested-With is compared by case or as a whole, or nothing is"
        " filled in.",
        {
            ANYWHERE: "The event's own value; else app where X-Requested-With, in lower case, contains tapcart or fuego;"
            " else what User-Agent says; else web.",
        },
    ),
    Advice(
        (enrichment.TIMESTAMP_UTC,),
        "The offset is dropped instead of converted, or the column has no zone.",
        {
            FASTAPI: "moment.astimezone(UTC); moment.replace(tzinfo=UTC) is another instant.",
            FLASK: "moment.astimezone(UTC); moment.replace(tzinfo=UTC) is another instant.",
            DJANGO: "USE_TZ = True, and moment.astimezone(UTC); moment.replace(tzinfo=UTC) is another instant.",
            EXPRESS: "new Date(text).toISOString().",
            WORKERS: "new Date(text).toISOString().",
        },
    ),
    Advice(
        (enrichment.CONTEXTUAL_DATA_DEFAULT,),
        "An absent contextual_data is stored as null, or left out.",
        {
            ANYWHERE: "Fill in {} before the event is stored: a column's default does not apply to an explicit null.",
            FASTAPI: "contextual_data: dict[str, Any] = Field(default_factory=dict), and model_dump() without exclude_unset.",
            EXPRESS: "event.contextual_data ?? {}.",
            WORKERS: "event.contextual_data ?? {}.",
        },
    ),
    Advice(
        (enrichment.FIELDS_KEPT,),
        "Fields are renamed, rounded or dropped between the body and the store.",
        {
            ANYWHERE: "Validate with the schema, but store the entry as it came, with the server's fields laid over it.",
            FASTAPI: "pydantic drops fields that the model does not name, unless it has extra='allow'.",
            EXPRESS: "z.object drops fields that it does not name: z.looseObject, or passthrough().",
            WORKERS: "z.object drops fields that it does not name: z.looseObject, or passthrough().",
        },
    ),
)
