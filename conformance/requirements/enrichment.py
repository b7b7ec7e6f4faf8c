"""Chapter enrichment: what the server adds to an event that it stores."""

from functools import partial

from conformance.requirements.model import EVENT_TYPES, OVERVIEW, SEND_EVENTS, Level, Needs, inferred, stated

read_back = partial(stated, needs=Needs.INGESTION)

GEO_FILLED = read_back(
    "enrichment.geo-filled",
    OVERVIEW,
    "geo_country, geo_state and geo_city are filled by the server (null where it knows no place).",
    level=Level.SHOULD,
)
DEVICE_FILLED = read_back(
    "enrichment.device-filled", OVERVIEW, "device_type, browser and os are filled from the User-Agent."
)
GEO_NOT_TRUSTED = inferred(
    "enrichment.geo-not-trusted",
    OVERVIEW,
    "A client's own geo_country, geo_state and geo_city are overwritten.",
    needs=Needs.INGESTION,
)
DEVICE_NOT_TRUSTED = inferred(
    "enrichment.device-not-trusted",
    OVERVIEW,
    "A client's own device_type, browser and os are overwritten.",
    needs=Needs.INGESTION,
)
CHANNEL_OWN = read_back(
    "enrichment.channel-own", SEND_EVENTS, "An event's own shopping_channel wins over every inference."
)
CHANNEL_APP = read_back(
    "enrichment.channel-app",
    SEND_EVENTS,
    "Without its own, shopping_channel is app when X-Requested-With contains tapcart or fuego, in any case.",
)
CHANNEL_WEB = read_back(
    "enrichment.channel-web",
    SEND_EVENTS,
    "Without its own or an app's header, a desktop browser's channel is web.",
)
TIMESTAMP_UTC = read_back(
    "enrichment.timestamp-utc", EVENT_TYPES, "timestamp is stored in UTC, as the instant that was sent."
)
CONTEXTUAL_DATA_DEFAULT = read_back(
    "enrichment.contextual-data-default", EVENT_TYPES, "contextual_data is stored as {} when absent."
)
FIELDS_KEPT = read_back(
    "enrichment.fields-kept",
    SEND_EVENTS,
    "The client's own fields of an ingested event are stored as they were sent.",
    level=Level.SHOULD,
)
