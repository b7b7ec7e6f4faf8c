"""Advice on chapter token."""

from conformance.requirements import token
from conformance.requirements.advice.model import ANYWHERE, DJANGO, EXPRESS, FASTAPI, FLASK, WORKERS, Advice

ADVICE = (
    Advice(
        (token.HEADER_ACCEPTED, token.HEADER_NAME_IN_ANY_CASE),
        "The header is not read, is read by its exact letters, or something in front of the application drops it.",
        {
            FASTAPI: 'request.headers.get("X-Storefront-Access-Token") ignores case; a dict made of the headers does not.',
            FLASK: 'request.headers.get("X-Storefront-Access-Token") ignores case.',
            DJANGO: 'request.headers.get("X-Storefront-Access-Token") ignores case; a key of request.META does not.',
            EXPRESS: 'req.get("X-Storefront-Access-Token") ignores case; the keys of req.headers are in lower case.',
            WORKERS: 'request.headers.get(…), and c.req.header("X-Storefront-Access-Token") in Hono, ignore case.',
        },
    ),
    Advice(
        (token.QUERY_ACCEPTED, token.QUERY_DECODED),
        "The query parameter is not read, or its raw text is compared without being percent-decoded, or decoded twice.",
        {
            FASTAPI: 'request.query_params.get("token") is decoded once.',
            FLASK: 'request.args.get("token") is decoded once; request.query_string is raw.',
            DJANGO: 'request.GET.get("token") is decoded once; request.META["QUERY_STRING"] is raw.',
            EXPRESS: "req.query.token is decoded already: no decodeURIComponent around it.",
            WORKERS: 'new URL(request.url).searchParams.get("token"), or c.req.query("token"), is decoded once.',
        },
    ),
    Advice(
        (token.HEADER_WINS, token.HEADER_NAMES_THE_STORE),
        "The query is tried after the header's token turned out to be unknown, overrides the header, or has to agree with it.",
        {
            ANYWHERE: "Choose the token first (the header's, else the query's), then look it up once: a look-up that finds"
            " nothing is a 401, not a second try.",
        },
    ),
    Advice(
        (token.NAMES_THE_STORE,),
        "The store comes from the host, the configuration or the event, or one request's store is kept for the next.",
        {
            ANYWHERE: "Take the store from the token's look-up, pass it on with the events, and key every cache of"
            " look-ups by the whole token.",
            FASTAPI: "Keep it in request.state or a dependency's value, not in a module.",
            FLASK: "Keep it in flask.g, not in a module.",
            WORKERS: 'Module variables outlive a request: keep it in a local, or in c.set("store", …).',
        },
    ),
    Advice(
        (token.MISSING_REFUSED, token.UNKNOWN_HEADER_REFUSED, token.UNKNOWN_QUERY_REFUSED),
        "The token is not looked up, a default store answers, or the refusal has another status: 403, 400, 422, a redirect"
        " to a login page.",
        {
            FASTAPI: "A Header() or Query() parameter without a default answers 422 where it is missing: default it to"
            " None and answer 401 yourself.",
            FLASK: 'return jsonify(error="Unauthenticated"), 401; an extension\'s login view redirects.',
            DJANGO: "No login_required here, and csrf_exempt on the view, or its 403 comes first. REST framework turns 401"
            " into 403 where the authentication class has no authenticate_header.",
            EXPRESS: "Answer 401 in a middleware before the route, and return without next().",
            WORKERS: "Hono's bearerAuth reads Authorization: write the look-up as a middleware of your own.",
        },
    ),
    Advice(
        (token.COMPARED_WHOLE, token.COMPARED_BY_CASE),
        "Tokens are compared by a prefix, by LIKE, or under a collation that ignores case.",
        {
            ANYWHERE: "Look the whole token up by equality, in a column of a binary or case-sensitive collation (MySQL's"
            " and SQL Server's defaults ignore case).",
            DJANGO: "filter(token=…), not iexact, startswith or icontains.",
        },
    ),
    Advice(
        (token.REFUSED_WHATEVER_THE_BODY,),
        "The body is read and validated before the token is looked at, so a bad body hides the 401.",
        {
            FASTAPI: "A body that is declared as a parameter is parsed before dependencies run: declare Request, look the"
            " token up, then await request.body().",
            FLASK: "Look the token up in before_request, or before request.get_json(), which answers 400 and 415 by itself.",
            DJANGO: "Look the token up in the first lines of the view, before json.loads(request.body).",
            EXPRESS: "Register the token's middleware before express.json(), which answers malformed JSON with 400 by itself.",
            WORKERS: "Register the token's middleware before any validator: they run in the order of registration.",
        },
    ),
    Advice(
        (token.REFUSED_INGESTS_NOTHING,),
        "Events are queued before the token is looked up, or the code goes on after it has answered 401.",
        {
            ANYWHERE: "Queue events as the last step, once token and batch are accepted.",
            EXPRESS: "return after res.status(401).json(…): what follows runs otherwise.",
        },
    ),
    Advice(
        (
            token.AUTHORIZATION_IS_NO_SOURCE,
            token.COOKIE_IS_NO_SOURCE,
            token.BODY_IS_NO_SOURCE,
            token.OTHER_HEADER_IS_NO_SOURCE,
            token.OTHER_PARAMETER_IS_NO_SOURCE,
        ),
        "A ready-made authentication layer, or a helpful fall-back, reads a source besides the two.",
        {
            ANYWHERE: "Read the two sources by hand, and take every other authentication off this route.",
            FASTAPI: "HTTPBearer reads Authorization, APIKeyCookie a cookie: neither belongs here.",
            FLASK: "request.values mixes query and form: read request.args.",
            DJANGO: "REST framework's TokenAuthentication and SessionAuthentication read Authorization and cookies:"
            " authentication_classes = [] here.",
            EXPRESS: "No req.body.token, no req.cookies, no bearer strategy of Passport.",
            WORKERS: "No bearerAuth and no getCookie here.",
        },
    ),
)
