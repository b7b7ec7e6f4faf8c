"""Chapter robustness: what every JSON endpoint should withstand, without a server error and without a hang."""

from functools import partial

from conformance.requirements.model import AUTHENTICATION, NOWHERE, Level, Needs, inferred, silent, standard

SERVER_ERROR = "RFC 9110, 15.6"
advised = partial(standard, level=Level.SHOULD)

TRUNCATED_BODY = standard(
    "robustness.truncated-body",
    "RFC 8259, 2",
    "A body that ends in the middle of its JSON is refused: the answer is neither a success nor a server error.",
)
DEEP_NESTING = advised(
    "robustness.deep-nesting", SERVER_ERROR, "Deeply nested JSON does not cause a server error."
)
NUL_CHARACTER = advised(
    "robustness.nul-character",
    SERVER_ERROR,
    "A NUL byte in a string, which is not JSON unless it is escaped, does not cause a server error.",
)
LONE_SURROGATE = advised(
    "robustness.lone-surrogate", SERVER_ERROR, "A lone surrogate in a string does not cause a server error."
)
HUGE_NUMBERS = advised(
    "robustness.huge-numbers",
    SERVER_ERROR,
    "Numbers too large for any machine type do not cause a server error.",
)
DUPLICATE_KEYS = advised(
    "robustness.duplicate-keys", SERVER_ERROR, "Repeated member names do not cause a server error."
)
INVALID_UTF8 = advised(
    "robustness.invalid-utf8", SERVER_ERROR, "Bytes that are not valid UTF-8 do not cause a server error."
)
CHARSET_PARAMETER = advised(
    "robustness.charset-parameter", SERVER_ERROR, "A charset parameter does not cause a server error."
)
CHUNKED_BODY = advised(
    "robustness.chunked-body", "RFC 9112, 7.1", "A chunked body is served as usual, or refused with 411."
)
LARGE_BATCH = advised(
    "robustness.large-batch", "RFC 9110, 15.5.14", "A legal batch of 100 entries and 1 MB is accepted."
)
ALWAYS_ANSWERS = advised(
    "robustness.always-answers", "RFC 9110, 3.3", "Every body that arrives completely gets an answer."
)
ANY_CALLER_ANSWERED = inferred(
    "robustness.any-caller-answered",
    AUTHENTICATION,
    "A server's call without User-Agent or Accept, or with the User-Agent of a library, gets the usual answer.",
    hint="A firewall in front often has a rule that refuses such requests: make an exception for this path.",
)
ANY_CALLER_INGESTED = inferred(
    "robustness.any-caller-ingested",
    AUTHENTICATION,
    "Events of a call without User-Agent or Accept, or with the User-Agent of a library, are ingested.",
    needs=Needs.INGESTION,
    hint="A filter for bots often drops such events after the answer: the documented callers include servers.",
)
NO_SERVER_ERROR = advised(
    "robustness.no-server-error",
    SERVER_ERROR,
    "No request generated from the OpenAPI description causes a server error.",
)
SECOND_OPINION = silent(
    "robustness.second-opinion", NOWHERE, "What Schemathesis finds with the OpenAPI description."
)
