"""Chapter enrichment: what the server adds to an event that it stores."""

from functools import partial

from conformance.requirements.model import EVENT_TYPES, OVERVIEW, SEND_EVENTS, Level, Needs, inferred, stated

read_back = partial(stated, needs=Needs.INGESTION)

GEO_FILLED = read_back(
    "enrichment.geo-filled",
    OVERVIEW,
    "The server fills in geo_country, geo_state and geo_city (null if it does not know the place).",
    level=Level.SHOULD,
)
DEVICE_FILLED = read_back(
    "enrichment.device-filled",
    OVERVIEW,
    "The server fills in device_type, browser and os from the User-Agent.",
)
GEO_NOT_TRUSTED = inferred(
    "enrichment.geo-not-trusted",
    OVERVIEW,
    "The server overwrites a client's own geo_country, geo_state and geo_city.",
    needs=Needs.INGESTION,
)
DEVICE_NOT_TRUSTED = inferred(
    "enrichment.device-not-trusted",
    OVERVIEW,
    "The server overwrites a client's own device_type, browser and os.",
    needs=Needs.INGESTION,
)
CHANNEL_OWN = read_back(
    "enrichment.channel-own",
    SEND_EVENTS,
    "An event's own shopping_channel takes precedence over any inferred value.",
)
CHANNEL_APP = read_back(
    "enrichment.channel-app",
    SEND_EVENTS,
    "If an event has no shopping_channel, it is app when X-Requested-With contains tapcart or fuego, in any case.",
)
CHANNEL_WEB = read_back(
    "enrichment.channel-web",
    SEND_EVENTS,
    "If neither the event nor an app's header names a channel, the channel of a desktop browser is web.",
)
TIMESTAMP_UTC = read_back(
    "enrichment.timestamp-utc",
    EVENT_TYPES,
    "The timestamp is stored in UTC, as the same instant that was sent.",
    hint="A parser that fails gives a value that is not a date: skip the event, and never store the value.",
)
CONTEXTUAL_DATA_DEFAULT = read_back(
    "enrichment.contextual-data-default", EVENT_TYPES, "If an event has no contextual_data, {} is stored."
)
FIELDS_KEPT = read_back(
    "enrichment.fields-kept",
    SEND_EVENTS,
    "The fields that the client sent with an event are stored as they were sent.",
    level=Level.SHOULD,
)
likely = partial(inferred, needs=Needs.INGESTION)
TEXT_KEPT = likely(
    "enrichment.text-kept",
    SEND_EVENTS,
    "Text is stored as it was sent, character by character: in any script, and 1,000 characters long.",
)
NUMBERS_KEPT = likely(
    "enrichment.numbers-kept", SEND_EVENTS, "Whole numbers up to 2^53 - 1 are stored exactly."
)
OWN_VALUES_KEPT = likely(
    "enrichment.own-values-kept",
    SEND_EVENTS,
    "Each event of a batch is stored with its own session_id, customer_id and contextual_data.",
)
