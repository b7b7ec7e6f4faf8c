"""Advice on chapter browser."""

from conformance.requirements import browser
from conformance.requirements.advice.model import ANYWHERE, DJANGO, EXPRESS, FASTAPI, FLASK, WORKERS, Advice

ADVICE = (
    Advice(
        (browser.BEACON_DELIVERED, browser.FALLBACK_READ, browser.HEADER_FETCH_READ),
        "The preflight is not answered as browsers need it, or a rule in front of the application refuses what"
        " browsers send, such as Sec-Fetch-Site or a Referer.",
        {
            ANYWHERE: "Look at the requirements of chapter cors first. If they hold, look for a resource isolation policy, a"
            " rule against hot-linking or a bot filter, and let POST and OPTIONS /beacon pass.",
            FASTAPI: "Put CORSMiddleware outside of any middleware that checks Sec-Fetch-Site or Referer.",
            FLASK: "A before_request that checks Sec-Fetch-Site or Referer must let /beacon pass.",
            DJANGO: "Use csrf_exempt on the view: the CSRF middleware checks the Referer over https.",
            EXPRESS: "Mount /beacon before any middleware that checks Sec-Fetch-Site, Referer or Accept.",
            WORKERS: "Look at the zone's WAF, hot-link protection and bot rules: they run before the Worker.",
        },
    ),
    Advice(
        (browser.CREDENTIALS_READ,),
        "Access-Control-Allow-Credentials is missing on the answer, or the origin is *; a cache or an edge may rebuild the"
        " headers of compressed answers.",
        {
            ANYWHERE: "Send Access-Control-Allow-Credentials: true and the request's origin on every answer, and compare the"
            " answers with and without Accept-Encoding: br.",
            FASTAPI: "Use allow_credentials=True and named origins.",
            FLASK: "Use supports_credentials=True.",
            DJANGO: "Set CORS_ALLOW_CREDENTIALS = True.",
            EXPRESS: "Use cors({ credentials: true, origin: … }).",
            WORKERS: "Use Hono's cors({ credentials: true, origin: … }).",
        },
    ),
    Advice(
        (browser.REFUSAL_READ, browser.UNAUTHENTICATED_READ),
        "The refusal is sent outside the CORS layer, or the framework answers a browser with a redirect or a page because its"
        " Accept is */*.",
        {
            ANYWHERE: "Answer /beacon with JSON whatever the Accept line says, and add the CORS lines to refusals, too.",
            FASTAPI: "Add CORSMiddleware last, so that it is the outermost middleware.",
            FLASK: "Return JSON from the error handlers of 401 and 422.",
            DJANGO: "Do not use login_required on the view: it redirects.",
            EXPRESS: "Do not let req.accepts decide between JSON and a redirect.",
            WORKERS: "Add the lines in one function that every Response passes through.",
        },
    ),
    Advice(
        (browser.EACH_ORIGIN,),
        "One origin is configured as a fixed text, or a cache in front keeps the answer to another origin.",
        {
            ANYWHERE: "Look up the request's Origin in the store's list and send it back, with Vary: Origin; do not cache answers"
            " to POST or OPTIONS.",
        },
    ),
    Advice(
        (browser.BODY_READ,),
        "Content-Encoding names a coding that the body does not have, as when a cache changes one of the two.",
        {
            ANYWHERE: "Compress in one place only, and send the request with Accept-Encoding: gzip, deflate, br, zstd to find the"
            " place.",
        },
    ),
    Advice(
        (browser.UNLOAD_DELIVERED,),
        "The preflight takes so long that the browser gives up after the visitor has left, or the POST is refused.",
        {
            ANYWHERE: "Answer OPTIONS at the edge, without a database, and send Access-Control-Max-Age so that most beacons need"
            " no preflight.",
        },
    ),
)
