"""Advice on chapter cors."""

from conformance.requirements import cors
from conformance.requirements.advice.model import (
    ANYWHERE,
    APACHE,
    CADDY,
    DJANGO,
    EXPRESS,
    FASTAPI,
    FLASK,
    HAPROXY,
    NGINX,
    VARNISH,
    WORKERS,
    Advice,
)

ADVICE = (
    Advice(
        (
            cors.ACCEPTED_ORIGIN,
            cors.ACCEPTED_CREDENTIALS,
            cors.BEACON_PREFLIGHT_ORIGIN,
            cors.BEACON_PREFLIGHT_CREDENTIALS,
            cors.HEADER_PREFLIGHT_ORIGIN,
        ),
        "The CORS layer answers with * or without credentials, does not cover this route, or a gateway adds a"
        " second line.",
        {
            ANYWHERE: "Reflect the origin and send true in one place only: two layers send two lines, and browsers refuse them.",
            FASTAPI: "Use CORSMiddleware with allow_origins=[…] or allow_origin_regex, and allow_credentials=True; with"
            ' allow_origins=["*"] it sends * for a POST without a cookie.',
            FLASK: "Use Flask-CORS with origins=[…] and supports_credentials=True.",
            DJANGO: "Use django-cors-headers with CORS_ALLOWED_ORIGINS and CORS_ALLOW_CREDENTIALS = True.",
            EXPRESS: "Use cors({ origin: (origin, done) => done(null, allowed(origin)), credentials: true }); without"
            " origin it sends *.",
            WORKERS: "Use Hono's cors({ origin: (origin) => allowed(origin) ? origin : null, credentials: true }); without"
            " origin it sends *.",
            NGINX: "map $http_origin $allowed { default ''; https://shop.example $http_origin; } and add_header"
            " Access-Control-Allow-Origin $allowed always; if the application sends the line, too, hide one of them with"
            " proxy_hide_header.",
            APACHE: "SetEnvIf Origin and Header always set …; if the application behind mod_proxy sends the line, too, both"
            " arrive: let one of them do it.",
            CADDY: "header @shop Access-Control-Allow-Origin {header.Origin}; in reverse_proxy, header_down"
            " -Access-Control-Allow-Origin removes the line of the application.",
            HAPROXY: "Store the origin with http-request set-var(txn.origin) req.hdr(Origin), and use http-after-response"
            " set-header: add-header makes a second line.",
            VARNISH: "set resp.http.Access-Control-Allow-Origin in vcl_deliver replaces the line; a cached answer must not keep"
            " the origin of another request.",
        },
    ),
    Advice(
        (
            cors.REFUSED_ORIGIN,
            cors.REFUSED_CREDENTIALS,
            cors.UNAUTHENTICATED_ORIGIN,
            cors.UNAUTHENTICATED_CREDENTIALS,
        ),
        "The refusal is sent outside the CORS layer, so the page sees a network error instead of the 401 or 422.",
        {
            FASTAPI: "The middleware that is added last is the outermost: add CORSMiddleware after the one that"
            " authenticates requests.",
            NGINX: "add_header sends nothing with 401 and 422 unless always stands at its end, and a block with an add_header"
            " of its own loses those of the blocks around it.",
            APACHE: "Header set sends nothing with an error: write Header always set.",
            CADDY: "Set the lines with header, and in handle_errors again: an error has its own route.",
            HAPROXY: "http-response does not change HAProxy's own answers: use http-after-response.",
            VARNISH: "Set the lines in vcl_synth, too: an answer of Varnish itself does not pass vcl_deliver.",
            FLASK: "Set the lines in after_request, as Flask-CORS does: it also runs for answers of before_request and abort().",
            DJANGO: "Put CorsMiddleware at the top of MIDDLEWARE, above every middleware that may answer.",
            EXPRESS: "app.use(cors(…)) before the token's middleware and before express.json().",
            WORKERS: "app.use(cors(…)) before the token's middleware; in a Worker without a framework, pass every Response"
            " through one function that adds the lines.",
        },
    ),
    Advice(
        (cors.REFLECTS_EACH_ORIGIN, cors.PREFLIGHT_REFLECTS_EACH_ORIGIN),
        "One origin is configured as a fixed text, or a cache in front stored the answer to another origin.",
        {
            ANYWHERE: "Look up the request's Origin in the store's list and send it back, with Vary: Origin.",
            EXPRESS: 'cors({ origin: "https://…" }) is a fixed text: pass a list or a function.',
            WORKERS: 'Hono\'s cors({ origin: "https://…" }) is a fixed text: pass a list or a function.',
        },
    ),
    Advice(
        (cors.BEACON_PREFLIGHT_STATUS, cors.HEADER_PREFLIGHT_STATUS, cors.UNKNOWN_TOKEN_PREFLIGHT),
        "OPTIONS has no route (404, 405), needs a token (401), or is redirected to https or to another path.",
        {
            FASTAPI: "CORSMiddleware answers preflights itself if it is the outermost; it answers 400 if it does not allow"
            " the origin or a header.",
            FLASK: 'before_request runs for OPTIONS too: return without an answer if request.method is "OPTIONS".',
            DJANGO: "CorsMiddleware answers preflights itself if it is at the top of MIDDLEWARE. A route beacon/"
            " redirects /beacon: write it without the slash.",
            EXPRESS: "app.use(cors(…)) before the token's middleware answers preflights itself.",
            NGINX: "In if ($request_method = OPTIONS) { … return 204; } the add_header lines stand in the same block; auth_basic"
            " and auth_request must not apply to OPTIONS.",
            APACHE: "Require valid-user also refuses OPTIONS: put it into <LimitExcept OPTIONS>.",
            CADDY: "@preflight method OPTIONS and respond @preflight 204, before basic_auth and forward_auth.",
            HAPROXY: "http-request return status 204 hdr … if METH_OPTIONS, before http-request auth.",
            VARNISH: "return (synth(204)) for OPTIONS in vcl_recv, and set the lines in vcl_synth.",
            WORKERS: 'Answer request.method === "OPTIONS" before you look up the token; Hono\'s cors does so if it comes first.',
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
        "The list of allowed headers or methods lacks a name, is * although credentials forbid it, or cannot be parsed.",
        {
            ANYWHERE: "Send Access-Control-Allow-Headers: content-type, x-storefront-access-token.",
            FASTAPI: 'Use allow_headers=["content-type", "x-storefront-access-token"], allow_methods=["POST"].',
            FLASK: 'Use Flask-CORS with allow_headers=["Content-Type", "X-Storefront-Access-Token"].',
            DJANGO: 'Set CORS_ALLOW_HEADERS = (*default_headers, "x-storefront-access-token").',
            EXPRESS: "cors without allowedHeaders repeats what the preflight asks for; a list of your own needs both names.",
            WORKERS: "Hono's cors without allowHeaders repeats what the preflight asks for; a list of your own needs both names.",
        },
    ),
    Advice(
        (cors.NO_ORIGIN_SERVED,),
        "A security check refuses requests without an Origin, which servers send.",
        {
            ANYWHERE: "Check the origin only if there is one; without it, serve the request and add no CORS lines.",
            DJANGO: "Use csrf_exempt on the view: the CSRF middleware needs a cookie and, over https, a Referer.",
            EXPRESS: "cors calls its origin function with undefined: accept that.",
        },
    ),
    Advice(
        (cors.VARY,),
        "The origin is reflected by hand without Vary, or something overwrites Vary later, so caches mix up origins.",
        {
            FASTAPI: "CORSMiddleware adds it; without it, use response.headers.add_vary_header('Origin').",
            FLASK: 'Use response.vary.add("Origin"), not response.headers["Vary"] = ….',
            DJANGO: 'Use patch_vary_headers(response, ["Origin"]).',
            EXPRESS: 'Use res.vary("Origin"), not res.set("Vary", …).',
            WORKERS: 'Use headers.append("Vary", "Origin"), not headers.set.',
            NGINX: "add_header Vary Origin always; it adds a line to that of the application, which is fine.",
            APACHE: "Use Header always merge Vary Origin, not set.",
            CADDY: "Use header +Vary Origin: without the plus, it replaces what the application sends.",
            HAPROXY: "Use http-after-response add-header Vary Origin.",
            VARNISH: "Do not unset resp.http.Vary in vcl_deliver.",
        },
    ),
    Advice(
        (cors.BROWSER_LINES,),
        "A rule against other sites, a redirect for clients that do not ask for JSON, or a wrong Content-Encoding: the"
        " answer depends on what browsers send.",
        {
            ANYWHERE: "Take this path out of resource isolation policies and hot-link rules, answer JSON whatever Accept"
            " says, and compress in one place only.",
            FLASK: "Do not choose an error page by request.accept_mimetypes: the body is JSON for every client.",
            DJANGO: "REST framework answers 406 or with HTML according to Accept: renderer_classes = [JSONRenderer] here.",
            EXPRESS: "Do not use res.format() or req.accepts() here; compression() before the routes is enough.",
        },
    ),
    Advice(
        (cors.NO_COOKIE_SET, cors.COOKIE_INDEPENDENT),
        "A session layer, a load balancer or bot management sets a cookie, or answers depend on one.",
        {
            ANYWHERE: "Switch off sessions, sticky sessions and bot management (such as the cookie __cf_bm) for this route.",
            FASTAPI: 'CORSMiddleware with allow_origins=["*"] answers differently if there is a cookie: name the origins.',
            DJANGO: "Do not use request.session in the view, and set SESSION_SAVE_EVERY_REQUEST = False.",
            EXPRESS: "Use express-session with saveUninitialized: false, or do not use it on this route.",
        },
    ),
)
