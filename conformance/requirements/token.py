"""Chapter token: where the token is read, which source decides, and what is refused."""

from conformance.requirements.model import AUTHENTICATION, NOWHERE, Needs, inferred, silent, standard, stated

HEADER_ACCEPTED = stated(
    "token.header-accepted", AUTHENTICATION, "A token in the X-Storefront-Access-Token header is accepted."
)
QUERY_ACCEPTED = stated(
    "token.query-accepted", AUTHENTICATION, "A token in the query parameter token is accepted."
)
HEADER_WINS = stated(
    "token.header-wins",
    AUTHENTICATION,
    "When header and query both carry a token, the header alone decides.",
    hint="The sources are tried in order, but a header that is present is final: do not fall back to the query.",
)
HEADER_NAMES_THE_STORE = stated(
    "token.header-names-the-store",
    AUTHENTICATION,
    "With one store's token in the header and another's in the query, the events belong to the header's store only.",
    needs=Needs.STORES,
)
NAMES_THE_STORE = stated(
    "token.names-the-store",
    AUTHENTICATION,
    "Events belong to the store that the token names, and to no other.",
    needs=Needs.STORES,
)
SAME_ID_IN_BOTH_STORES = inferred(
    "token.same-id-in-both-stores",
    AUTHENTICATION,
    "Two stores each keep an event of their own, even if the events have the same event_id.",
    needs=Needs.STORES,
    hint="The key that recognises a duplicate is the store and the event_id together.",
)
MISSING_REFUSED = stated(
    "token.missing-refused", AUTHENTICATION, "A request without a token is answered with 401."
)
UNKNOWN_HEADER_REFUSED = stated(
    "token.unknown-header-refused", AUTHENTICATION, "An unknown token in the header is answered with 401."
)
UNKNOWN_QUERY_REFUSED = stated(
    "token.unknown-query-refused", AUTHENTICATION, "An unknown token in the query is answered with 401."
)
COMPARED_WHOLE = stated(
    "token.compared-whole",
    AUTHENTICATION,
    "A string that shares only a part with a store's token is not accepted as that token: 401.",
)
COMPARED_BY_CASE = inferred(
    "token.compared-by-case",
    AUTHENTICATION,
    "A store's token in another letter case is not accepted as that token: 401.",
)
LOOKED_UP = stated(
    "token.looked-up",
    AUTHENTICATION,
    "A text that only matches a token, as a pattern, a member's name or a text to decode again does, is answered with 401.",
    hint="Compare the token as it was sent, as a whole and by equality, with the tokens of the stores and nothing else.",
)
EVERY_REQUEST = stated(
    "token.every-request",
    AUTHENTICATION,
    "Every request is authenticated by its own token, whatever came before it or at the same time.",
    hint="A connection, an address or a variable that requests share says nothing about the next request. Read the body of a"
    " refused request to its end, or close the connection.",
)
REFUSED_WHATEVER_THE_BODY = stated(
    "token.refused-whatever-the-body",
    AUTHENTICATION,
    "Without a valid token the answer is 401, even if the body alone would get a 422.",
    hint="Authenticate the request before you validate its body.",
)
REFUSED_INGESTS_NOTHING = stated(
    "token.refused-ingests-nothing",
    AUTHENTICATION,
    "Events of a request that is answered with 401 are not ingested.",
    needs=Needs.INGESTION,
)
AUTHORIZATION_IS_NO_SOURCE = stated(
    "token.authorization-is-no-source",
    AUTHENTICATION,
    "A token in the Authorization header is not accepted: 401.",
)
COOKIE_IS_NO_SOURCE = stated(
    "token.cookie-is-no-source", AUTHENTICATION, "A token in a cookie is not accepted: 401."
)
BODY_IS_NO_SOURCE = stated(
    "token.body-is-no-source", AUTHENTICATION, "A token in the JSON body is not accepted: 401."
)
OTHER_HEADER_IS_NO_SOURCE = stated(
    "token.other-header-is-no-source",
    AUTHENTICATION,
    "A token in another header, such as X-Shopify-Storefront-Access-Token, is not accepted: 401.",
)
OTHER_PARAMETER_IS_NO_SOURCE = stated(
    "token.other-parameter-is-no-source",
    AUTHENTICATION,
    "A token in a query parameter with another name is not accepted: 401.",
)
ARRAY_PARAMETER_IS_NO_SOURCE = stated(
    "token.array-parameter-is-no-source",
    AUTHENTICATION,
    "A token in a query parameter token[] or token[0] is not accepted: 401.",
    hint="Some parsers of query strings make an array of such a parameter, under the name token.",
)
FORM_BODY_IS_NO_SOURCE = stated(
    "token.form-body-is-no-source",
    AUTHENTICATION,
    "A token in the field of a form, urlencoded or multipart, is not accepted: neither a success nor a 422.",
    hint="Collections that mix the query with the body, such as $_REQUEST, also have the fields of a form.",
)
FORM_BODY_UNAUTHENTICATED = inferred(
    "token.form-body-unauthenticated",
    AUTHENTICATION,
    "A form, urlencoded or multipart, with a token in one of its fields is answered with 401.",
)
HEADER_NAME_IN_ANY_CASE = standard(
    "token.header-name-in-any-case",
    "RFC 9110, 5.1",
    "The name of the token header is recognised in any letter case.",
)
QUERY_DECODED = standard(
    "token.query-decoded",
    "URL standard, application/x-www-form-urlencoded",
    "The query token is percent-decoded before it is compared.",
    hint="The documented call builds the URL with encodeURIComponent.",
)
EMPTY_HEADER = silent(
    "token.empty-header", NOWHERE, "How an empty token header together with a valid query token is handled."
)
REPEATED_PARAMETER = silent(
    "token.repeated-parameter", NOWHERE, "Which of two token parameters in one query counts."
)
SURROUNDING_SPACE = silent(
    "token.surrounding-space", NOWHERE, "Whether white space around a query token is ignored."
)
PARAMETER_CASE = silent(
    "token.parameter-case", NOWHERE, "Whether the name of the query parameter is case-sensitive."
)
REVOKED = silent("token.revoked", NOWHERE, "How a request with a revoked token is answered.")
