"""Why a mutant that breaks one requirement breaks another by its nature: reasons in words, a row a natural group."""

from dataclasses import dataclass

from conformance.mutants.groups import (
    ACCEPTED_OF_ONE,
    ACCEPTED_OR_422_WITHOUT_ORIGIN,
    AMONG_OTHERS,
    FILLED,
    MIX_ALSO_SHOWS,
    MIXED,
    NAMED_STORE,
    NO_SERVER_ERROR_WITHOUT_ORIGIN,
    ONE_FAULT,
    PREFLIGHT_LINES,
    TAKEN,
    UNAUTHENTICATED_WITHOUT_ORIGIN,
    WITH_AN_UNKNOWN_TOKEN,
    WITHOUT_A_TOKEN,
    Group,
)
from conformance.requirements import Requirement, batch, cors, enrichment, events, response, robustness, token


@dataclass(frozen=True)
class Because:
    """What breaks one of ``breaking`` also breaks some of ``also``, for a reason that lies in what they ask."""

    reason: str
    breaking: Group
    also: Group


REASONS = (
    Because(
        "A request without a token is answered wrongly, wherever else a token stands.",
        (token.MISSING_REFUSED,),
        WITHOUT_A_TOKEN,
    ),
    Because(
        "An empty token counts as none, and none is let in.",
        (token.MISSING_REFUSED, token.UNKNOWN_QUERY_REFUSED),
        (token.UNKNOWN_HEADER_REFUSED, token.UNKNOWN_QUERY_REFUSED),
    ),
    Because(
        "Every clause that ends in 401 for a token that names no store is broken by another answer.",
        (token.UNKNOWN_HEADER_REFUSED, token.UNKNOWN_QUERY_REFUSED),
        WITH_AN_UNKNOWN_TOKEN,
    ),
    Because(
        "Whoever is let in, or named by the query after all, is ingested.",
        (token.UNKNOWN_HEADER_REFUSED, token.HEADER_WINS, token.HEADER_ACCEPTED),
        (token.REFUSED_INGESTS_NOTHING,),
    ),
    Because(
        "What is sent by header is refused.",
        (token.HEADER_ACCEPTED,),
        (
            token.HEADER_WINS,
            token.HEADER_NAMES_THE_STORE,
            token.HEADER_NAME_IN_ANY_CASE,
            robustness.CHUNKED_BODY,
        ),
    ),
    Because("What is sent by query is refused.", (token.QUERY_ACCEPTED,), (token.QUERY_DECODED,)),
    Because("It is refused where no Origin is sent.", (token.QUERY_ACCEPTED,), (cors.NO_ORIGIN_SERVED,)),
    Because(
        "Of a header and a query that name two stores, the header is not what decides.",
        (token.HEADER_WINS, token.NAMES_THE_STORE),
        (token.HEADER_NAMES_THE_STORE,),
    ),
    Because(
        "The parser's 400 comes with a valid token, too.",
        (token.REFUSED_WHATEVER_THE_BODY,),
        (batch.NOT_JSON_UNPROCESSABLE,),
    ),
    Because(
        "A lower limit is one for invalid entries, too, and for every batch that another check fills.",
        (batch.ACCEPTS_1_TO_100,),
        (*FILLED, events.ANY_MIX),
    ),
    Because("These send one event.", (batch.ACCEPTS_1_TO_100,), ACCEPTED_OF_ONE),
    Because(
        "A valid event is lost, wherever it stands for something else.",
        (batch.INGESTS_ALL, events.NEIGHBOURS_INGESTED),
        (*AMONG_OTHERS, *TAKEN),
    ),
    Because(
        "Over the limit with an invalid entry is over the limit.",
        (batch.OVER_100_REFUSED,),
        (batch.LIMIT_COUNTS_ENTRIES,),
    ),
    Because(
        "Entries that are all invalid count as none.",
        (batch.LIMIT_COUNTS_ENTRIES, events.ALL_INVALID_ACCEPTED),
        (events.ALL_INVALID_ACCEPTED, batch.LIMIT_COUNTS_ENTRIES, events.NON_OBJECTS_ACCEPTED),
    ),
    Because(
        "What is no JSON gets no 422, however it came to be none.",
        (batch.NOT_JSON_REFUSED,),
        (
            batch.NOT_JSON_UNPROCESSABLE,
            robustness.TRUNCATED_BODY,
            robustness.DEEP_NESTING,
            robustness.INVALID_UTF8,
        ),
    ),
    Because(
        "A batch is refused for an invalid event, so whatever else is asked of batches with one fails.",
        (events.INVALID_EVENT_KEEPS_BATCH,),
        (
            batch.LIMIT_COUNTS_ENTRIES,
            events.ALL_INVALID_ACCEPTED,
            events.NON_OBJECTS_ACCEPTED,
            *AMONG_OTHERS,
        ),
    ),
    Because(
        "The answer that tells of skipped events is also no plain success.",
        (events.SKIPPING_IS_SILENT,),
        (response.NULL_OR_EMPTY, response.CREATED),
    ),
    Because(
        "It is so only where events are skipped, which tells of them.",
        (response.CREATED, response.NULL_OR_EMPTY),
        (events.SKIPPING_IS_SILENT,),
    ),
    Because(
        "A wrong body is not the JSON null, and none has no content type.",
        (response.CREATED, response.NULL_OR_EMPTY, response.UNAUTHENTICATED_BODY, response.ERRORS_BODY),
        (response.NULL_JSON, response.UNAUTHENTICATED_JSON, response.ERRORS_JSON),
    ),
    Because(
        "An entry that is skipped wrongly, or not skipped, takes its neighbour with it.",
        (events.ANY_MIX,),
        (events.NEIGHBOURS_INGESTED, events.NON_OBJECTS_SKIPPED, *ONE_FAULT),
    ),
    Because(
        "Other checks fill a batch around an invalid event, too.",
        (events.ANY_MIX,),
        FILLED,
    ),
    Because(
        "What goes to the other store is missing in its own.",
        (token.NAMES_THE_STORE,),
        (batch.INGESTS_ALL, events.NEIGHBOURS_INGESTED, *TAKEN),
    ),
    Because(
        "Generated batches hold events of every sort, have no Origin, and ask for a silent success and for each event.",
        MIX_ALSO_SHOWS,
        MIXED,
    ),
    Because(
        "Generated batches of unusual events hold such.",
        (events.TIMESTAMP_OFFSET_INGESTED,),
        (events.ANY_MIX_UNUSUAL,),
    ),
    Because(
        "A batch of nothing but invalid events has neighbours, too.",
        (events.ANY_MIX,),
        (events.ALL_INVALID_INGEST_NOTHING,),
    ),
    Because(
        "A batch that is refused for an entry that is no object ingests nothing.",
        (events.NON_OBJECTS_ACCEPTED,),
        (events.NON_OBJECTS_SKIPPED,),
    ),
    Because(
        "Valid events of this kind are not taken, and these send such events.",
        (events.TYPES_INGESTED, events.OPTIONAL_FIELDS_INGESTED),
        (*AMONG_OTHERS, *TAKEN, *NAMED_STORE),
    ),
    Because(
        "What takes only the wrong type takes the wrong type.",
        (events.OPTIONAL_FIELDS_INGESTED,),
        (events.VARIANT_ID_TYPED,),
    ),
    Because(
        "An event with this fault is taken, and these have such events among others.",
        (
            events.NO_DATE_SKIPPED,
            events.TIMESTAMP_REQUIRED,
            events.TIMESTAMP_TYPED,
            events.PRODUCT_ID_REQUIRED,
            events.PRODUCT_ID_TYPED,
            events.COLLECTION_HANDLE_REQUIRED,
            events.COLLECTION_HANDLE_TYPED,
            events.POSITION_REQUIRED,
            events.POSITION_TYPED,
        ),
        (events.ALL_INVALID_INGEST_NOTHING, events.ANY_MIX),
    ),
    Because(
        "What is not looked at may be empty.",
        (events.EVENT_ID_TYPED, events.SESSION_ID_TYPED, events.COLLECTION_HANDLE_TYPED),
        (events.EMPTY_STRINGS_SKIPPED,),
    ),
    Because("What is not looked at may be 0.", (events.POSITION_TYPED,), (events.POSITION_FROM_ONE,)),
    Because(
        "Where the server fills nothing in, the client's own value stays.",
        (enrichment.GEO_FILLED, enrichment.DEVICE_FILLED),
        (enrichment.GEO_NOT_TRUSTED, enrichment.DEVICE_NOT_TRUSTED),
    ),
    Because(
        "A wrong line does not reflect, whichever origin was sent.",
        (cors.ACCEPTED_ORIGIN, cors.BEACON_PREFLIGHT_ORIGIN),
        (cors.REFLECTS_EACH_ORIGIN, cors.PREFLIGHT_REFLECTS_EACH_ORIGIN),
    ),
    Because(
        "One line is made for all answers, by one piece of code.",
        (cors.ACCEPTED_ORIGIN,),
        (
            cors.REFUSED_ORIGIN,
            cors.ACCEPTED_CREDENTIALS,
            cors.REFUSED_CREDENTIALS,
            cors.UNAUTHENTICATED_ORIGIN,
            cors.UNAUTHENTICATED_CREDENTIALS,
        ),
    ),
    Because(
        "An answer outside of CORS loses both lines.",
        (cors.REFUSED_ORIGIN, cors.UNAUTHENTICATED_ORIGIN),
        (cors.REFUSED_CREDENTIALS, cors.UNAUTHENTICATED_CREDENTIALS),
    ),
    Because(
        "The rule for origins is one for answers and preflights.",
        (cors.REFLECTS_EACH_ORIGIN,),
        (cors.PREFLIGHT_REFLECTS_EACH_ORIGIN,),
    ),
    Because(
        "The second origin is named to whoever sends the first after it.",
        (cors.REFLECTS_EACH_ORIGIN, cors.PREFLIGHT_REFLECTS_EACH_ORIGIN),
        (
            cors.ACCEPTED_ORIGIN,
            cors.REFUSED_ORIGIN,
            cors.UNAUTHENTICATED_ORIGIN,
            cors.BEACON_PREFLIGHT_ORIGIN,
            cors.HEADER_PREFLIGHT_ORIGIN,
        ),
    ),
    Because("Vary is overwritten on every answer.", (cors.VARY,), (cors.PREFLIGHT_VARY,)),
    Because(
        "A preflight that is answered elsewhere says nothing of what it has to say.",
        (cors.BEACON_PREFLIGHT_STATUS,),
        PREFLIGHT_LINES,
    ),
    Because(
        "The refusal does not depend on the preflight's token.",
        (cors.BEACON_PREFLIGHT_STATUS, cors.HEADER_PREFLIGHT_STATUS),
        (cors.HEADER_PREFLIGHT_STATUS, cors.UNKNOWN_TOKEN_PREFLIGHT),
    ),
    Because(
        "Both forms' preflights are answered alike.",
        (cors.BEACON_PREFLIGHT_ORIGIN, cors.BEACON_PREFLIGHT_CONTENT_TYPE),
        (cors.HEADER_PREFLIGHT_ORIGIN, cors.HEADER_PREFLIGHT_CONTENT_TYPE),
    ),
    Because(
        "A list that cannot be read names nothing.",
        (cors.BEACON_PREFLIGHT_LISTS,),
        (
            cors.BEACON_PREFLIGHT_CONTENT_TYPE,
            cors.HEADER_PREFLIGHT_CONTENT_TYPE,
            cors.HEADER_PREFLIGHT_TOKEN_HEADER,
            cors.PREFLIGHT_METHODS,
        ),
    ),
    Because(
        "Where no store is known, no origin is: neither a token-less preflight nor a 401 has any line.",
        (cors.HEADER_PREFLIGHT_ORIGIN,),
        (
            cors.UNAUTHENTICATED_ORIGIN,
            cors.UNAUTHENTICATED_CREDENTIALS,
            cors.HEADER_PREFLIGHT_TOKEN_HEADER,
            cors.HEADER_PREFLIGHT_CONTENT_TYPE,
        ),
    ),
    Because(
        "These send no Origin, as servers do.",
        (cors.NO_ORIGIN_SERVED,),
        (
            *ACCEPTED_OR_422_WITHOUT_ORIGIN,
            *UNAUTHENTICATED_WITHOUT_ORIGIN,
            *NO_SERVER_ERROR_WITHOUT_ORIGIN,
        ),
    ),
    Because(
        "The body that ends in a server error is one that has to be refused.",
        (robustness.NO_SERVER_ERROR,),
        (batch.BODY_NOT_AN_OBJECT_REFUSED,),
    ),
)


def why(broken: Requirement, also: Requirement) -> str:
    """Return the reason of a piece of cross-talk; empty where nobody has given one."""
    reasons = (one.reason for one in REASONS if broken in one.breaking and also in one.also)
    return next(reasons, "")
