"""Advice on chapters batch and robustness: what a body may be, and what it must not do."""

from conformance.requirements import batch, robustness
from conformance.requirements.advice.model import ANYWHERE, DJANGO, EXPRESS, FASTAPI, FLASK, WORKERS, Advice

ADVICE = (
    Advice(
        (batch.ACCEPTS_1_TO_100, batch.INGESTS_ALL),
        "The limit is off by one, or a queue behind the endpoint takes fewer events at a time and loses the rest.",
        {
            ANYWHERE: "Refuse where the length is over 100, not at 100. Split what a queue cannot take at once (SQS takes"
            " 10 a call), and look at which entries of a call failed.",
        },
    ),
    Advice(
        (
            batch.OVER_100_REFUSED,
            batch.LIMIT_COUNTS_ENTRIES,
            batch.EMPTY_REFUSED,
            batch.MISSING_EVENTS_REFUSED,
            batch.EVENTS_NOT_AN_ARRAY_REFUSED,
            batch.BODY_NOT_AN_OBJECT_REFUSED,
        ),
        "The top level is not checked, is checked after invalid events were dropped, or a wrong shape ends in a 400 or a 500.",
        {
            ANYWHERE: "Check in this order: an object, events in it, an array, 1 to 100 entries. Events come after.",
            FASTAPI: "events: list[Any] = Field(min_length=1, max_length=100) checks the top level alone.",
            FLASK: "request.json may be a list, a number or None: isinstance(body, dict) first.",
            DJANGO: "json.loads may return a list, a number or None: isinstance(body, dict) first.",
            EXPRESS: "Array.isArray(req.body?.events); express.json({ strict: false }), or a bare null or number ends in its"
            " own 400.",
            WORKERS: "Hono's zValidator answers 400: give it a hook that answers 422.",
        },
    ),
    Advice(
        (batch.NOT_JSON_REFUSED, batch.NOT_JSON_UNPROCESSABLE, robustness.TRUNCATED_BODY),
        "The parser's exception escapes as a 500, the framework answers its own 400, or an unreadable body is taken for an"
        " empty one.",
        {
            FASTAPI: "json.loads(await request.body()) within try, and a 422 where it raises.",
            FLASK: "json.loads(request.get_data()) within try, and a 422 where it raises; request.get_json() answers 400"
            " or 415 by itself.",
            DJANGO: "json.loads(request.body) within try, and a 422 where it raises; uncaught it is a 500.",
            EXPRESS: 'An error middleware, (err, req, res, next), answers 422 where err.type is "entity.parse.failed".'
            " An empty body, and one of another content type, raise nothing: req.body is undefined, or {} before version 5.",
            WORKERS: "await request.json() throws: catch it, and answer 422.",
        },
    ),
    Advice(
        (batch.REFUSED_INGESTS_NOTHING,),
        "Events are queued one by one while the batch is still being checked.",
        {ANYWHERE: "Check the whole top level before the first event is queued."},
    ),
    Advice(
        (robustness.DEEP_NESTING,),
        "A recursive parser, validator or serialiser runs out of stack.",
        {
            FASTAPI: "json.loads raises RecursionError, which is no ValueError: catch both.",
            FLASK: "json.loads raises RecursionError, which is no ValueError: catch both.",
            DJANGO: "json.loads raises RecursionError, which is no ValueError: catch both.",
            EXPRESS: "JSON.parse copes; walk what it returned without recursion, or bound the depth.",
            WORKERS: "JSON.parse copes; walk what it returned without recursion, or bound the depth.",
        },
    ),
    Advice(
        (
            robustness.NUL_CHARACTER,
            robustness.LONE_SURROGATE,
            robustness.HUGE_NUMBERS,
            robustness.DUPLICATE_KEYS,
            robustness.INVALID_UTF8,
        ),
        "JSON that parses cannot be encoded, converted or stored further on, and nobody catches that.",
        {
            ANYWHERE: "Treat what storage cannot take as an invalid event and skip it: PostgreSQL stores no NUL character in"
            " text or jsonb, and no column takes every number.",
            FASTAPI: "Bytes that are no UTF-8, and integers of thousands of digits, raise ValueError in json.loads; a lone"
            " surrogate raises UnicodeEncodeError in str.encode(); 1e400 is inf, and int(inf) raises OverflowError.",
            FLASK: "The same exceptions of json.loads, str.encode() and int() as in any Python.",
            DJANGO: "The same exceptions of json.loads, str.encode() and int() as in any Python.",
            EXPRESS: "BigInt(…) throws for a fraction and for Infinity, which 1e400 becomes.",
            WORKERS: "BigInt(…) throws for a fraction and for Infinity, which 1e400 becomes.",
        },
    ),
    Advice(
        (robustness.CHARSET_PARAMETER,),
        "The whole content type is compared with application/json, or an unknown charset is looked up without a fall-back.",
        {
            ANYWHERE: "Compare the media type without its parameters; JSON is UTF-8 whatever a parameter says.",
            FLASK: "request.mimetype has no parameters; request.content_type has.",
            DJANGO: "request.content_type has no parameters; decode request.body as UTF-8.",
            EXPRESS: 'req.is("application/json") ignores parameters; express.json answers 415 to an unknown charset.',
        },
    ),
    Advice(
        (robustness.CHUNKED_BODY,),
        "The body is read by its Content-Length, which a chunked request does not have, so that it looks empty.",
        {
            ANYWHERE: "Read to the end of the body, and count bytes as they come; behind WSGI, take a server that sets"
            " wsgi.input_terminated (gunicorn, Waitress), or let the proxy in front buffer requests.",
        },
    ),
    Advice(
        (robustness.LARGE_BATCH,),
        "A default limit for bodies is smaller than 100 events of a legal size.",
        {
            ANYWHERE: "nginx takes 1 MB by default: client_max_body_size 4m.",
            DJANGO: "request.body takes 2.5 MB by default: DATA_UPLOAD_MAX_MEMORY_SIZE.",
            FLASK: "Look at MAX_CONTENT_LENGTH, if it is set.",
            EXPRESS: 'express.json takes 100 KB by default: express.json({ limit: "4mb" }).',
        },
    ),
    Advice(
        (robustness.ALWAYS_ANSWERS, robustness.NO_SERVER_ERROR),
        "An exception that nobody catches ends the request as a 500, or ends the connection.",
        {
            ANYWHERE: "The server's log has the exception at the time of the request; the answer to a body that cannot be"
            " used is a 422, and to an event that cannot be used a skip.",
            EXPRESS: "Before version 5 a rejected promise of an async route is not passed on: the request hangs. Catch it"
            " and call next(error).",
        },
    ),
)
