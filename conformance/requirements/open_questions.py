"""Questions that the contract leaves open, how this suite answers them, and which verdicts depend on the answers."""

from dataclasses import dataclass

from conformance.requirements import (
    batch,
    browser,
    concurrency,
    cors,
    enrichment,
    events,
    response,
    robustness,
    token,
)
from conformance.requirements.model import Requirement


@dataclass(frozen=True)
class OpenQuestion:
    """A sentence that two careful readers may read differently."""

    question: str
    reading: str
    """How this suite reads it."""
    requirements: tuple[Requirement, ...] = ()
    """The requirements whose verdicts depend on the reading; empty if nothing is judged."""


OPEN_QUESTIONS = (
    OpenQuestion(
        "Is the body of a 201 JSON null, as one page says, or empty, as another does?",
        "Both are accepted (MUST). null with its content type is the better documented form (SHOULD).",
        (response.NULL_OR_EMPTY, response.NULL_JSON),
    ),
    OpenQuestion(
        "Does a 401 reflect the origin? Without a valid token, no origin is authorised.",
        "It should, so that the page can read it. A target that does not reflect it contradicts no sentence (SHOULD).",
        (cors.UNAUTHENTICATED_ORIGIN, cors.UNAUTHENTICATED_CREDENTIALS, browser.UNAUTHENTICATED_READ),
    ),
    OpenQuestion(
        "What is the answer to an origin that the store did not authorise? One sentence says both reflects and authorised.",
        "Observed only.",
        (cors.UNAUTHORISED_ORIGIN, cors.NULL_ORIGIN, browser.UNAUTHORISED_ORIGIN, browser.NULL_ORIGIN),
    ),
    OpenQuestion(
        "If a run knows only one authorised origin, does a fixed line count as reflection?",
        "One origin cannot show it: the second one may be another store's, with its token. Without a second one this is not"
        " judged, unless the target also reflects an origin that the suite made up.",
        (cors.REFLECTS_EACH_ORIGIN, cors.PREFLIGHT_REFLECTS_EACH_ORIGIN, browser.EACH_ORIGIN),
    ),
    OpenQuestion(
        "Is a body that is not JSON answered with 422, like every wrong top-level shape, or with 400?",
        "With 422 (SHOULD). It must be refused in any case (MUST).",
        (batch.NOT_JSON_UNPROCESSABLE, batch.NOT_JSON_REFUSED),
    ),
    OpenQuestion(
        "May a target keep a connection whose refused request it has not read to its end?",
        "No: it would take the rest for the next request (RFC 9112, 9.3). So a request after refused ones must get its usual"
        " answer (MUST), on the same connection or on a new one if the target closes it.",
        (token.EVERY_REQUEST,),
    ),
    OpenQuestion(
        "Is an entry that is not an object an invalid event, or is the batch malformed?",
        "It is an invalid event: it is skipped, and the batch is accepted (SHOULD).",
        (events.NON_OBJECTS_ACCEPTED, events.NON_OBJECTS_SKIPPED),
    ),
    OpenQuestion(
        "Is an event skipped if an optional field clearly has the wrong type?",
        "The schema of its type says so, but the sentence names only required fields (SHOULD).",
        (
            events.CUSTOMER_ID_TYPED,
            events.ATTRIBUTION_TOKEN_TYPED,
            events.SHOPPING_CHANNEL_TYPED,
            events.SHOPPING_CHANNEL_LISTED,
            events.VARIANT_ID_TYPED,
            events.MARKETING_SOURCE_TYPED,
            events.MARKETING_MEDIUM_TYPED,
            events.MARKETING_CAMPAIGN_TYPED,
            events.CONTEXTUAL_DATA_TYPED,
        ),
    ),
    OpenQuestion(
        "May a lenient reader convert a boolean to a string or a number, or a number to a string?",
        "The event should be skipped (SHOULD). null, an array, an object or a text that is not a number in a required field is"
        " never converted (MUST).",
        (
            events.BOOLEANS_SKIPPED,
            events.NUMBERS_FOR_STRINGS_SKIPPED,
            events.SESSION_ID_TYPED,
            events.PRODUCT_ID_TYPED,
            events.POSITION_TYPED,
        ),
    ),
    OpenQuestion(
        "Does a batch have to be accepted if one of its entries cannot be stored, or has an unknown member?",
        "Yes (MUST): an event is at most skipped, and the others are ingested. A lone surrogate may be refused by the parser (SHOULD).",
        (
            events.ANY_CONTENT_KEEPS_BATCH,
            events.NEIGHBOURS_OF_ANY_CONTENT,
            events.LONE_SURROGATE_KEEPS_BATCH,
            events.NEIGHBOURS_OF_LONE_SURROGATE,
        ),
    ),
    OpenQuestion(
        "Does a batch have to be accepted if an entry holds a number that is too large for a double?",
        "It should be (SHOULD): a parser may limit numbers (RFC 8259, 6). If it is accepted, its valid events are ingested (MUST).",
        (events.HUGE_NUMBER_KEEPS_BATCH, events.NEIGHBOURS_OF_ANY_CONTENT),
    ),
    OpenQuestion(
        "Which texts are a ULID or a UUID?",
        "A ULID in capitals, and UUIDs of the versions in RFC 4122 in small letters (MUST). The newer versions 6 and 7 and the other"
        " letter case should be taken, too (SHOULD).",
        (events.ID_FORMS_INGESTED, events.ID_SPELLINGS_INGESTED),
    ),
    OpenQuestion(
        "Is an event_id the key for duplicates within a store, or in all stores?",
        "Within a store: events of different stores do not hide one another (SHOULD).",
        (token.SAME_ID_IN_BOTH_STORES,),
    ),
    OpenQuestion(
        "Is an event ingested if its timestamp is days old, its product_id is 0, or its session_id has punctuation?",
        "It should be (SHOULD): nothing published limits these values.",
        (events.OLD_EVENTS_INGESTED, events.PRODUCT_0_INGESTED, events.PUNCTUATION_INGESTED),
    ),
    OpenQuestion(
        "May a store cut long text, normalise it, or round large numbers?",
        "It should not: what is stored is what was sent (SHOULD).",
        (enrichment.TEXT_KEPT, enrichment.NUMBERS_KEPT, enrichment.OWN_VALUES_KEPT),
    ),
    OpenQuestion(
        "Is an event stored once that was sent once? A gateway may mirror requests.",
        "Observed only.",
        (events.STORED_COPIES,),
    ),
    OpenQuestion(
        "Which texts are dates? Parsers disagree about missing zones, missing times and days that do not exist.",
        "RFC 3339 with Z is a date (MUST). RFC 3339 with an offset and RFC 7231 dates should be accepted (SHOULD). Words, days"
        " and months by name, and month 13 are not dates (MUST). Everything else is observed.",
        (
            events.TIMESTAMP_UTC_INGESTED,
            events.TIMESTAMP_OFFSET_INGESTED,
            events.TIMESTAMP_HTTP_DATE_INGESTED,
            events.NO_DATE_SKIPPED,
            events.LOOSE_DATES,
        ),
    ),
    OpenQuestion(
        "Are tokens case-sensitive?",
        "They should be: the same letters in another case are another token (SHOULD). A part of a token is not a token (MUST).",
        (token.COMPARED_BY_CASE, token.COMPARED_WHOLE),
    ),
    OpenQuestion(
        "Is a form without a token in header or query answered with 401, or may its media type be refused first?",
        "With 401 (SHOULD). A token in one of its fields is not accepted in any case (MUST).",
        (token.FORM_BODY_UNAUTHENTICATED, token.FORM_BODY_IS_NO_SOURCE),
    ),
    OpenQuestion(
        "What do the geo fields contain if the edge does not know the place, as on a test network?",
        "null is accepted. The fields should be stored (SHOULD).",
        (enrichment.GEO_FILLED,),
    ),
    OpenQuestion(
        "Does a JSON endpoint have to answer unusual but legal JSON without a server error?",
        "It should (SHOULD). A gateway's 502 or 504 counts only if it comes each time, while valid requests in between are answered.",
        (
            robustness.DEEP_NESTING,
            robustness.HUGE_NUMBERS,
            robustness.LONE_SURROGATE,
            robustness.INVALID_UTF8,
        ),
    ),
    OpenQuestion(
        "How soon does an event have to be visible, and how many requests at the same time does a target have to take?",
        "As soon as --patience says, and as many as its rate limit allows: what is refused with 429 or 503 judges nothing. But a"
        " success says that the events are ingested, under load, too (MUST).",
        (
            concurrency.ALL_INGESTED,
            concurrency.OWN_STORE,
            concurrency.SESSION_RETURNS,
            concurrency.LAST_BATCH,
        ),
    ),
    OpenQuestion(
        "Are an answer's reason phrase, an empty header line or white space a trace of a skipped event?",
        "Yes, if they differ each time from all answers to valid batches: a trace is whatever a client can see (MUST). The order of"
        " header lines and the case of their names mean nothing, and are not compared.",
        (events.SKIPPING_IS_SILENT,),
    ),
    OpenQuestion(
        "Does an event arrive that a page sends while its visitor leaves? No page says how fast a preflight must be answered.",
        "It should: this is what sendBeacon is for (SHOULD).",
        (browser.UNLOAD_DELIVERED,),
    ),
    OpenQuestion(
        "Does a pipeline's failure change the response?",
        "It must not, but nothing outside the target can make a pipeline fail. No check judges this.",
    ),
)
