"""Why a mutant of one requirement also breaks another one: a reason for each group of requirements."""

from conformance.mutants import crosstalk_events
from conformance.mutants.because import Because
from conformance.mutants.groups import (
    ACCEPTED_OF_ONE,
    AMONG_OTHERS,
    ANY_UNAUTHENTICATED,
    EVERY_CALL,
    FILLED,
    PREFLIGHT_LINES,
    SERVER_TO_SERVER,
    TAKEN,
    WITH_AN_UNKNOWN_TOKEN,
    WITHOUT_A_TOKEN,
)
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

REASONS = (
    *crosstalk_events.REASONS,
    Because(
        "A browser gets nowhere with a target that refuses every POST of a page, or every preflight.",
        (browser.BEACON_DELIVERED, browser.FALLBACK_READ),
        EVERY_CALL,
    ),
    Because(
        "Pages make these calls with the token in the header, too.",
        (browser.HEADER_FETCH_READ,),
        (browser.CREDENTIALS_READ, browser.REFUSAL_READ, browser.UNAUTHENTICATED_READ),
    ),
    Because(
        "The page reads refusals with credentials, too.",
        (browser.CREDENTIALS_READ,),
        (browser.REFUSAL_READ, browser.UNAUTHENTICATED_READ),
    ),
    Because(
        "A handler that takes anything takes every wrong body.",
        (batch.EMPTY_REFUSED,),
        (
            batch.OVER_100_REFUSED,
            batch.MISSING_EVENTS_REFUSED,
            batch.EVENTS_NOT_AN_ARRAY_REFUSED,
            batch.BODY_NOT_AN_OBJECT_REFUSED,
            batch.NOT_JSON_REFUSED,
            batch.NOT_JSON_UNPROCESSABLE,
        ),
    ),
    Because(
        "The events of these calls are not stored either, and the run can see that.",
        (browser.UNLOAD_DELIVERED,),
        EVERY_CALL,
    ),
    Because(
        "These checks send a request without a token in the two documented places, and it is answered wrongly.",
        (token.MISSING_REFUSED,),
        (*WITHOUT_A_TOKEN, token.FORM_BODY_IS_NO_SOURCE),
    ),
    Because(
        "An empty token is treated like a missing one, and a request without a token is accepted.",
        (token.MISSING_REFUSED, token.UNKNOWN_QUERY_REFUSED),
        (token.UNKNOWN_HEADER_REFUSED, token.UNKNOWN_QUERY_REFUSED),
    ),
    Because(
        "These checks send an unknown token and expect 401.",
        (token.UNKNOWN_HEADER_REFUSED, token.UNKNOWN_QUERY_REFUSED),
        WITH_AN_UNKNOWN_TOKEN,
    ),
    Because(
        "A token with one letter left open has the beginning and the length of the token.",
        (token.COMPARED_WHOLE,),
        (token.LOOKED_UP,),
    ),
    Because(
        "The query's token is decoded twice, and a token that was encoded twice is accepted.",
        (token.QUERY_DECODED,),
        (token.LOOKED_UP,),
    ),
    Because(
        "These checks expect 401, and may use a connection on which a valid token was sent before.",
        (token.EVERY_REQUEST,),
        ANY_UNAUTHENTICATED,
    ),
    Because(
        "A form with a token is not answered with 401 if its token is accepted.",
        (token.FORM_BODY_IS_NO_SOURCE,),
        (token.FORM_BODY_UNAUTHENTICATED,),
    ),
    Because(
        "The events of a request that is wrongly accepted are ingested.",
        (token.UNKNOWN_HEADER_REFUSED, token.HEADER_WINS, token.HEADER_ACCEPTED),
        (token.REFUSED_INGESTS_NOTHING,),
    ),
    Because(
        "These checks send the token in the header, which is not read.",
        (token.HEADER_ACCEPTED,),
        (
            token.HEADER_WINS,
            token.HEADER_NAMES_THE_STORE,
            token.HEADER_NAME_IN_ANY_CASE,
        ),
    ),
    Because(
        "These checks send the token in the query, which is not read.",
        (token.QUERY_ACCEPTED,),
        (token.QUERY_DECODED,),
    ),
    Because(
        "The query is not read in a request without an Origin.",
        (token.QUERY_ACCEPTED,),
        (cors.NO_ORIGIN_SERVED,),
    ),
    Because(
        "If header and query name two stores, something other than the header decides.",
        (token.HEADER_WINS, token.NAMES_THE_STORE),
        (token.HEADER_NAMES_THE_STORE,),
    ),
    Because(
        "The parser answers 400 to a request with a valid token as well.",
        (token.REFUSED_WHATEVER_THE_BODY,),
        (batch.NOT_JSON_UNPROCESSABLE,),
    ),
    Because(
        "The lower limit applies to invalid entries too, and other checks send full batches.",
        (batch.ACCEPTS_1_TO_100,),
        (*FILLED, events.ANY_MIX),
    ),
    Because("These checks send one event.", (batch.ACCEPTS_1_TO_100,), ACCEPTED_OF_ONE),
    Because(
        "These checks look for an event that is lost.",
        (batch.INGESTS_ALL, events.NEIGHBOURS_INGESTED),
        (*AMONG_OTHERS, *TAKEN),
    ),
    Because(
        "A batch over the limit with an invalid entry is still over the limit.",
        (batch.OVER_100_REFUSED,),
        (batch.LIMIT_COUNTS_ENTRIES,),
    ),
    Because(
        "A batch of invalid entries only is treated as empty.",
        (batch.LIMIT_COUNTS_ENTRIES, events.ALL_INVALID_ACCEPTED),
        (events.ALL_INVALID_ACCEPTED, batch.LIMIT_COUNTS_ENTRIES, events.NON_OBJECTS_ACCEPTED),
    ),
    Because(
        "These checks send bodies that are not valid JSON in other ways.",
        (batch.NOT_JSON_REFUSED,),
        (
            batch.NOT_JSON_UNPROCESSABLE,
            robustness.TRUNCATED_BODY,
            robustness.DEEP_NESTING,
            robustness.NUL_CHARACTER,
            robustness.INVALID_UTF8,
        ),
    ),
    Because(
        "Only answers to batches with skipped events differ, which shows that events were skipped.",
        (response.CREATED, response.NULL_OR_EMPTY),
        (events.SKIPPING_IS_SILENT,),
    ),
    Because(
        "A different body is not the JSON null, and an empty body has no JSON content type.",
        (response.CREATED, response.NULL_OR_EMPTY, response.UNAUTHENTICATED_BODY, response.ERRORS_BODY),
        (response.NULL_JSON, response.UNAUTHENTICATED_JSON, response.ERRORS_JSON),
    ),
    Because(
        "Events in the wrong store are missing in their own.",
        (token.NAMES_THE_STORE,),
        (batch.INGESTS_ALL, events.NEIGHBOURS_INGESTED, *TAKEN),
    ),
    Because(
        "A server error refuses the batch, and loses it.",
        (robustness.NO_SERVER_ERROR, robustness.LONE_SURROGATE),
        (
            events.ANY_CONTENT_KEEPS_BATCH,
            events.LONE_SURROGATE_KEEPS_BATCH,
            events.NEIGHBOURS_OF_LONE_SURROGATE,
        ),
    ),
    Because(
        "A wrong line does not reflect any origin.",
        (cors.ACCEPTED_ORIGIN, cors.BEACON_PREFLIGHT_ORIGIN),
        (cors.REFLECTS_EACH_ORIGIN, cors.PREFLIGHT_REFLECTS_EACH_ORIGIN),
    ),
    Because(
        "The same code writes the lines of all answers.",
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
        "An answer that is sent outside the CORS layer has neither of the two lines.",
        (cors.REFUSED_ORIGIN, cors.UNAUTHENTICATED_ORIGIN),
        (cors.REFUSED_CREDENTIALS, cors.UNAUTHENTICATED_CREDENTIALS),
    ),
    Because(
        "Answers and preflights use the same rule for origins.",
        (cors.REFLECTS_EACH_ORIGIN,),
        (cors.PREFLIGHT_REFLECTS_EACH_ORIGIN,),
    ),
    Because(
        "After the second origin has been seen, a request from the first one is answered with the second.",
        (cors.REFLECTS_EACH_ORIGIN, cors.PREFLIGHT_REFLECTS_EACH_ORIGIN),
        (
            cors.ACCEPTED_ORIGIN,
            cors.REFUSED_ORIGIN,
            cors.UNAUTHENTICATED_ORIGIN,
            cors.BEACON_PREFLIGHT_ORIGIN,
            cors.HEADER_PREFLIGHT_ORIGIN,
        ),
    ),
    Because(
        "A preflight that something else answers has none of the CORS lines.",
        (cors.BEACON_PREFLIGHT_STATUS,),
        PREFLIGHT_LINES,
    ),
    Because(
        "Preflights are refused whether or not their URL has a token.",
        (cors.BEACON_PREFLIGHT_STATUS, cors.HEADER_PREFLIGHT_STATUS),
        (cors.HEADER_PREFLIGHT_STATUS, cors.UNKNOWN_TOKEN_PREFLIGHT),
    ),
    Because(
        "The preflights of both forms get the same answer.",
        (cors.BEACON_PREFLIGHT_ORIGIN, cors.BEACON_PREFLIGHT_CONTENT_TYPE),
        (cors.HEADER_PREFLIGHT_ORIGIN, cors.HEADER_PREFLIGHT_CONTENT_TYPE),
    ),
    Because(
        "A list that cannot be parsed names nothing.",
        (cors.BEACON_PREFLIGHT_LISTS,),
        (
            cors.BEACON_PREFLIGHT_CONTENT_TYPE,
            cors.HEADER_PREFLIGHT_CONTENT_TYPE,
            cors.HEADER_PREFLIGHT_TOKEN_HEADER,
            cors.PREFLIGHT_METHODS,
        ),
    ),
    Because(
        "Without a known store no origin is allowed, so neither a preflight without a token nor a 401 has CORS lines.",
        (cors.HEADER_PREFLIGHT_ORIGIN,),
        (
            cors.UNAUTHENTICATED_ORIGIN,
            cors.UNAUTHENTICATED_CREDENTIALS,
            cors.HEADER_PREFLIGHT_TOKEN_HEADER,
            cors.HEADER_PREFLIGHT_CONTENT_TYPE,
        ),
    ),
    Because(
        "These checks send no Origin on purpose, as servers do; others send one to a target that needs it.",
        (cors.NO_ORIGIN_SERVED,),
        SERVER_TO_SERVER,
    ),
    Because(
        "A request without a valid token that gets the answer of another one is accepted.",
        (concurrency.OWN_STATUS,),
        (token.EVERY_REQUEST,),
    ),
    Because(
        "A body that gets no answer is not refused, and these checks send it.",
        (robustness.ALWAYS_ANSWERS, batch.NOT_JSON_REFUSED),
        (
            batch.NOT_JSON_REFUSED,
            batch.NOT_JSON_UNPROCESSABLE,
            robustness.ALWAYS_ANSWERS,
            robustness.DEEP_NESTING,
        ),
    ),
    Because(
        "Events of every request are sometimes stored in the other store, those of a burst too.",
        (token.NAMES_THE_STORE,),
        (concurrency.OWN_STORE,),
    ),
    Because(
        "The body that causes a server error is one that must be refused.",
        (robustness.NO_SERVER_ERROR,),
        (batch.BODY_NOT_AN_OBJECT_REFUSED,),
    ),
)


def why(broken: Requirement, also: Requirement) -> str:
    """Return why a mutant of one requirement breaks another one too, or an empty text if no reason is given."""
    reasons = (one.reason for one in REASONS if broken in one.breaking and also in one.also)
    return next(reasons, "")
