"""The ambiguity register: what the contract leaves open, how it is read here, and which verdicts rest on that."""

from dataclasses import dataclass

from conformance.requirements import batch, cors, enrichment, events, response, robustness, token
from conformance.requirements.model import Requirement


@dataclass(frozen=True)
class OpenQuestion:
    """A sentence that two careful readers may read differently."""

    question: str
    reading: str
    """Ours."""
    requirements: tuple[Requirement, ...] = ()
    """Those whose verdicts rest on the reading; none where nothing is judged."""


OPEN_QUESTIONS = (
    OpenQuestion(
        "Is the body of a 201 JSON null, as one page says, or empty, as another does?",
        "Either is right (MUST); null with its content type is the better documented (SHOULD).",
        (response.NULL_OR_EMPTY, response.NULL_JSON),
    ),
    OpenQuestion(
        "Does a 401 reflect the origin? Without a valid token no origin is authorised.",
        "It should, so that the page can read it; withholding contradicts nothing (SHOULD).",
        (cors.UNAUTHENTICATED_ORIGIN, cors.UNAUTHENTICATED_CREDENTIALS),
    ),
    OpenQuestion(
        "What does an origin get that the store did not authorise? One sentence says both reflects and authorised.",
        "Observed only.",
        (cors.UNAUTHORISED_ORIGIN, cors.NULL_ORIGIN),
    ),
    OpenQuestion(
        "With one authorised origin known, is a fixed line reflection?",
        "It cannot be told: not judged, unless an origin that we made up is reflected as well.",
        (cors.REFLECTS_EACH_ORIGIN, cors.PREFLIGHT_REFLECTS_EACH_ORIGIN),
    ),
    OpenQuestion(
        "Is a body that is not JSON a 422 as every wrong top-level shape, or a 400?",
        "422 (SHOULD); that it is refused at all is a MUST.",
        (batch.NOT_JSON_UNPROCESSABLE, batch.NOT_JSON_REFUSED),
    ),
    OpenQuestion(
        "Is an entry that is no object an event that fails validation, or a wrong shape?",
        "An event: it is skipped, and its batch is a success (SHOULD).",
        (events.NON_OBJECTS_ACCEPTED, events.NON_OBJECTS_SKIPPED),
    ),
    OpenQuestion(
        "Is an event skipped for an optional field of a plainly wrong type?",
        "The schema of its type says so, but the sentence names required fields alone (SHOULD).",
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
        "Which texts are dates? Parsers disagree about zones, date-only forms and days that do not exist.",
        "RFC 3339 with Z is one (MUST), with an offset or as an RFC 7231 date it should be one; words and month 13 are none"
        " (MUST); the rest is observed.",
        (
            events.TIMESTAMP_UTC_INGESTED,
            events.TIMESTAMP_OFFSET_INGESTED,
            events.TIMESTAMP_HTTP_DATE_INGESTED,
            events.NO_DATE_SKIPPED,
            events.LOOSE_DATES,
        ),
    ),
    OpenQuestion(
        "Are token comparisons by letter case?",
        "They should be: another case is another token. That a part of a token is none is a MUST.",
        (token.COMPARED_BY_CASE, token.COMPARED_WHOLE),
    ),
    OpenQuestion(
        "What are the geo fields where the edge knows no place, as on a test network?",
        "null will do, and that they are there at all is advice (SHOULD).",
        (enrichment.GEO_FILLED,),
    ),
    OpenQuestion(
        "Does a JSON endpoint owe an answer below 500 to every legal oddity?",
        "It should (SHOULD); a gateway's 502, 503 and 504 say nothing about it.",
        (
            robustness.DEEP_NESTING,
            robustness.HUGE_NUMBERS,
            robustness.LONE_SURROGATE,
            robustness.INVALID_UTF8,
        ),
    ),
    OpenQuestion(
        "Does a pipeline's failure change the response?",
        "It must not, but nothing outside the target can make a pipeline fail: not judged by any check.",
    ),
)
