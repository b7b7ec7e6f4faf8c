"""Advice on chapter token."""

from conformance.requirements import token
from conformance.requirements.advice.model import ANYWHERE, DJANGO, EXPRESS, FASTAPI, FLASK, WORKERS, Advice

ADVICE = (
    Advice(
        (token.HEADER_ACCEPTED, token.HEADER_NAME_IN_ANY_CASE),
        "The header is not read, its name is compared in one letter case only, or something in front of the"
        " application removes it.",
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
        "The query parameter is not read, or its text is compared without percent-decoding, or it is decoded twice.",
        {
            FASTAPI: 'request.query_params.get("token") is decoded once.',
            FLASK: 'request.args.get("token") is decoded once; request.query_string is raw.',
            DJANGO: 'request.GET.get("token") is decoded once; request.META["QUERY_STRING"] is raw.',
            EXPRESS: "req.query.token is already decoded: do not call decodeURIComponent on it.",
            WORKERS: 'new URL(request.url).searchParams.get("token"), or c.req.query("token"), is decoded once.',
        },
    ),
    Advice(
        (token.HEADER_WINS, token.HEADER_NAMES_THE_STORE),
        "After an unknown token in the header the query is tried, or the query overrides the header, or both"
        " have to be equal.",
        {
            ANYWHERE: "Choose the token first (the header's, else the query's), then look it up once. If that finds"
            " nothing, answer 401 and do not try the other one.",
        },
    ),
    Advice(
        (token.SAME_ID_IN_BOTH_STORES,),
        "One unique index, cache or set of seen ids serves all stores, so an event of one store hides that of another.",
        {ANYWHERE: "Make the store a part of the key that recognises duplicates: unique (store, event_id)."},
    ),
    Advice(
        (token.NAMES_THE_STORE,),
        "The store comes from the host, the configuration or the event, or one request's store is reused for"
        " the next request.",
        {
            ANYWHERE: "Take the store from the token look-up, pass it on with the events, and use the whole token as the"
            " key of every cache.",
            FASTAPI: "Keep it in request.state or in a dependency's value, not in a module variable.",
            FLASK: "Keep it in flask.g, not in a module variable.",
            WORKERS: 'Module variables live longer than a request: keep it in a local variable, or in c.set("store", …).',
        },
    ),
    Advice(
        (token.MISSING_REFUSED, token.UNKNOWN_HEADER_REFUSED, token.UNKNOWN_QUERY_REFUSED),
        "The token is not looked up, a default store is used, or the refusal has another status (400, 403,"
        " 422, a redirect to a login page).",
        {
            FASTAPI: "FastAPI answers 422 if a Header() or Query() parameter without a default is missing: make None its"
            " default, and answer 401 yourself.",
            FLASK: 'return jsonify(error="Unauthenticated"), 401; an extension\'s login view redirects.',
            DJANGO: "Use csrf_exempt and no login_required on this view, or their answers come first. REST framework"
            " turns 401 into 403 if the authentication class has no authenticate_header.",
            EXPRESS: "Answer 401 in a middleware before the route, and return without next().",
            WORKERS: "Hono's bearerAuth reads Authorization: write your own middleware for the look-up.",
        },
    ),
    Advice(
        (token.COMPARED_WHOLE, token.COMPARED_BY_CASE),
        "Tokens are compared by a prefix, by LIKE, or under a collation that ignores case.",
        {
            ANYWHERE: "Look up the whole token by equality, in a column with a binary or case-sensitive collation (the"
            " defaults of MySQL and SQL Server ignore case).",
            DJANGO: "filter(token=…), not iexact, startswith or icontains.",
        },
    ),
    Advice(
        (token.LOOKED_UP,),
        "The token is used as a pattern (LIKE, KEYS, a regular expression), is looked up among the members of an object,"
        " or is decoded once too often.",
        {
            ANYWHERE: "Look up the whole token by equality, in a table or in a map that has nothing but tokens as keys. Do"
            " not decode a header, and decode the query once.",
            EXPRESS: "Use a Map, or Object.create(null): tokens[name] also finds constructor and toString. req.query is"
            " already decoded.",
            WORKERS: "Use a Map, or Object.create(null): tokens[name] also finds constructor and toString.",
            DJANGO: "filter(token=…), not contains, regex or startswith; getattr(settings, token) finds every setting.",
        },
    ),
    Advice(
        (token.EVERY_REQUEST,),
        "The token or its store is remembered for a connection, a session or an address, or is in a variable that"
        " requests share while the look-up waits.",
        {
            ANYWHERE: "Look up the token of each request, and keep the result in that request alone. A proxy reuses one"
            " connection for many clients.",
            FASTAPI: "Keep the store in request.state or in a dependency's value, not on the application or a module.",
            FLASK: "Keep it in flask.g: a module variable is shared by all threads.",
            DJANGO: "Keep it on the request: an attribute of a middleware is shared by all threads.",
            EXPRESS: "Keep it in res.locals: a variable outside of the route has another request's value after an await.",
            WORKERS: "Keep it in a local variable or in c.set(…): module variables live longer than a request.",
        },
    ),
    Advice(
        (token.REFUSED_WHATEVER_THE_BODY,),
        "The body is read and validated before the token is checked, so an invalid body hides the 401.",
        {
            FASTAPI: "A body that is declared as a parameter is parsed before dependencies run: declare Request, look up"
            " the token, then await request.body().",
            FLASK: "Look up the token in before_request, or before request.get_json(), which answers 400 and 415 by itself.",
            DJANGO: "Look up the token in the first lines of the view, before json.loads(request.body).",
            EXPRESS: "Register the token's middleware before express.json(), which answers malformed JSON with 400 by itself.",
            WORKERS: "Register the token's middleware before any validator: they run in the order of registration.",
        },
    ),
    Advice(
        (token.REFUSED_INGESTS_NOTHING,),
        "Events are queued before the token is looked up, or the code continues after it has answered 401.",
        {
            ANYWHERE: "Queue events as the last step, after the token and the batch are accepted.",
            EXPRESS: "return after res.status(401).json(…); otherwise the code below it still runs.",
        },
    ),
    Advice(
        (
            token.AUTHORIZATION_IS_NO_SOURCE,
            token.COOKIE_IS_NO_SOURCE,
            token.BODY_IS_NO_SOURCE,
            token.OTHER_HEADER_IS_NO_SOURCE,
            token.OTHER_PARAMETER_IS_NO_SOURCE,
            token.ARRAY_PARAMETER_IS_NO_SOURCE,
            token.FORM_BODY_IS_NO_SOURCE,
            token.FORM_BODY_UNAUTHENTICATED,
        ),
        "A ready-made authentication layer or a fall-back reads the token from another place as well.",
        {
            ANYWHERE: "Read only the two documented sources, and remove all other authentication from this route. In PHP, use"
            " $_GET and is_string(), not $_REQUEST; in Rails request.query_parameters, not params.",
            FASTAPI: "HTTPBearer reads Authorization and APIKeyCookie reads a cookie: use neither here.",
            FLASK: "request.values mixes query and form: use request.args.",
            DJANGO: "REST framework's TokenAuthentication and SessionAuthentication read Authorization and cookies:"
            " authentication_classes = [] here.",
            EXPRESS: "req.query.token may be an array: check typeof. Do not read req.body.token or req.cookies, and do not use Passport's bearer strategy.",
            WORKERS: "Do not use bearerAuth or getCookie here.",
        },
    ),
)
