"""Advice on chapter cors."""

from conformance.requirements import cors
from conformance.requirements.advice.model import ANYWHERE, DJANGO, EXPRESS, FASTAPI, FLASK, WORKERS, Advice

ADVICE = (
    Advice(
        (
            cors.ACCEPTED_ORIGIN,
            cors.ACCEPTED_CREDENTIALS,
            cors.BEACON_PREFLIGHT_ORIGIN,
            cors.BEACON_PREFLIGHT_CREDENTIALS,
            cors.HEADER_PREFLIGHT_ORIGIN,
        ),
        "The CORS layer answers * or no credentials, does not cover this route, or a gateway adds a second line.",
        {
            ANYWHERE: "Reflect the origin and send true in one place: two layers send two lines, which browsers refuse.",
            FASTAPI: "CORSMiddleware with allow_origins=[…] or allow_origin_regex, and allow_credentials=True; with"
            ' allow_origins=["*"] it answers * to a POST without a cookie.',
            FLASK: "Flask-CORS with origins=[…] and supports_credentials=True.",
            DJANGO: "django-cors-headers with CORS_ALLOWED_ORIGINS and CORS_ALLOW_CREDENTIALS = True.",
            EXPRESS: "cors({ origin: (origin, done) => done(null, allowed(origin)), credentials: true }); without origin it"
            " answers *.",
            WORKERS: "Hono's cors({ origin: (origin) => allowed(origin) ? origin : null, credentials: true }); without"
            " origin it answers *.",
        },
    ),
    Advice(
        (
            cors.REFUSED_ORIGIN,
            cors.REFUSED_CREDENTIALS,
            cors.UNAUTHENTICATED_ORIGIN,
            cors.UNAUTHENTICATED_CREDENTIALS,
        ),
        "The refusal is answered outside the CORS layer, so that the page sees a network error instead of the 401 or 422.",
        {
            FASTAPI: "The middleware that is added last is the outermost: add CORSMiddleware after the one that authenticates.",
            FLASK: "Set the lines in after_request (Flask-CORS does), which answers of before_request and abort() pass as well.",
            DJANGO: "CorsMiddleware stands above every middleware that may answer, at the top of MIDDLEWARE.",
            EXPRESS: "app.use(cors(…)) before the token's middleware and before express.json().",
            WORKERS: "app.use(cors(…)) before the token's middleware; in a bare Worker pass every Response through one"
            " function that adds the lines.",
        },
    ),
    Advice(
        (cors.REFLECTS_EACH_ORIGIN, cors.PREFLIGHT_REFLECTS_EACH_ORIGIN),
        "One origin is configured as a fixed text, or a cache in front kept the answer to another origin.",
        {
            ANYWHERE: "Compare the request's Origin with the store's list and send that one back, with Vary: Origin.",
            EXPRESS: 'cors({ origin: "https://…" }) is a fixed text: give it a list or a function.',
            WORKERS: 'Hono\'s cors({ origin: "https://…" }) is a fixed text: give it a list or a function.',
        },
    ),
    Advice(
        (cors.BEACON_PREFLIGHT_STATUS, cors.HEADER_PREFLIGHT_STATUS, cors.UNKNOWN_TOKEN_PREFLIGHT),
        "OPTIONS is not routed (404, 405), is asked for a token (401), or is redirected to https or to another path.",
        {
            FASTAPI: "CORSMiddleware answers preflights itself, as the outermost; 400 where it does not allow the origin or"
            " a header.",
            FLASK: 'before_request runs for OPTIONS too: let request.method == "OPTIONS" pass.',
            DJANGO: "CorsMiddleware answers preflights itself, at the top of MIDDLEWARE. A route beacon/ redirects /beacon:"
            " write it without the slash.",
            EXPRESS: "app.use(cors(…)) before the token's middleware answers preflights itself.",
            WORKERS: 'Answer request.method === "OPTIONS" before the token is looked up; Hono\'s cors does, where it stands first.',
        },
    ),
    Advice(
        (
            cors.BEACON_PREFLIGHT_CONTENT_TYPE,
            cors.BEACON_PREFLIGHT_LISTS,
            cors.HEADER_PREFLIGHT_TOKEN_HEADER,
            cors.HEADER_PREFLIGHT_CONTENT_TYPE,
            cors.PREFLIGHT_METHODS,
        ),
        "The list of allowed headers or methods lacks a name, is * where credentials forbid it, or does not parse.",
        {
            ANYWHERE: "Access-Control-Allow-Headers: content-type, x-storefront-access-token.",
            FASTAPI: 'allow_headers=["content-type", "x-storefront-access-token"], allow_methods=["POST"].',
            FLASK: 'Flask-CORS with allow_headers=["Content-Type", "X-Storefront-Access-Token"].',
            DJANGO: 'CORS_ALLOW_HEADERS = (*default_headers, "x-storefront-access-token").',
            EXPRESS: "cors without allowedHeaders mirrors what the preflight asks for; a list of your own needs both names.",
            WORKERS: "Hono's cors without allowHeaders mirrors what the preflight asks for; a list of your own needs both"
            " names.",
        },
    ),
    Advice(
        (cors.NO_ORIGIN_SERVED,),
        "A guard refuses requests without an Origin, as servers send them.",
        {
            ANYWHERE: "Compare the origin only where there is one; without it, add no CORS lines and serve the request.",
            DJANGO: "csrf_exempt on the view: the CSRF middleware wants a cookie and, over https, a Referer.",
            EXPRESS: "The origin function of cors is called with undefined: let that pass.",
        },
    ),
    Advice(
        (cors.VARY, cors.PREFLIGHT_VARY),
        "The origin is reflected by hand without Vary, or something later overwrites Vary, so that caches mix origins up.",
        {
            FASTAPI: "CORSMiddleware adds it; by hand, response.headers.add_vary_header('Origin').",
            FLASK: 'response.vary.add("Origin"), not response.headers["Vary"] = ….',
            DJANGO: 'patch_vary_headers(response, ["Origin"]).',
            EXPRESS: 'res.vary("Origin"), not res.set("Vary", …).',
            WORKERS: 'headers.append("Vary", "Origin"), not headers.set.',
        },
    ),
    Advice(
        (cors.NO_COOKIE_SET, cors.COOKIE_INDEPENDENT),
        "A session layer, a load balancer or bot management sets a cookie, or answers depend on one.",
        {
            ANYWHERE: "Take sessions, stickiness and bot management (such as the cookie __cf_bm) off this route.",
            FASTAPI: 'CORSMiddleware with allow_origins=["*"] answers differently with a cookie: name the origins.',
            DJANGO: "Do not touch request.session in the view; SESSION_SAVE_EVERY_REQUEST = False.",
            EXPRESS: "express-session with saveUninitialized: false, or not on this route.",
        },
    ),
)
