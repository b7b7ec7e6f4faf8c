"""Advice on chapters batch and robustness: valid and invalid bodies, and bodies that cause server errors."""

from conformance.requirements import batch, robustness
from conformance.requirements.advice.model import (
    ANYWHERE,
    APACHE,
    CADDY,
    DJANGO,
    EXPRESS,
    FASTAPI,
    FLASK,
    NGINX,
    WORKERS,
    Advice,
)

ADVICE = (
    Advice(
        (batch.ACCEPTS_1_TO_100, batch.INGESTS_ALL),
        "The limit is off by one, or a queue behind the endpoint accepts fewer events at once and the rest are lost.",
        {
            ANYWHERE: "Refuse a length over 100, not 100 itself. Split what a queue cannot accept at once (SQS accepts 10 per"
            " call), and check which entries of a call failed.",
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
        "The top level is not checked, or only after invalid events were dropped, or a wrong shape causes a 400 or a 500,"
        " or names are read without regard to case.",
        {
            ANYWHERE: "Check in this order: the body is an object, it has events, they are an array, it has 1 to 100"
            " entries. Validate the events after that. In Go, encoding/json ignores the case of names: decode into a"
            " map[string]json.RawMessage first.",
            FASTAPI: "events: list[Any] = Field(min_length=1, max_length=100) checks only the top level.",
            FLASK: "request.json may be a list, a number or None: isinstance(body, dict) first.",
            DJANGO: "json.loads may return a list, a number or None: isinstance(body, dict) first.",
            EXPRESS: "Array.isArray(req.body?.events); use express.json({ strict: false }), or it answers 400 to a bare"
            " null or number.",
            WORKERS: "Hono's zValidator answers 400: pass it a hook that answers 422.",
        },
    ),
    Advice(
        (batch.NOT_JSON_REFUSED, batch.NOT_JSON_UNPROCESSABLE, robustness.TRUNCATED_BODY),
        "The parser's exception becomes a 500, the framework answers with its own 400, or an unreadable body"
        " is treated as an empty one.",
        {
            FASTAPI: "Call json.loads(await request.body()) in a try, and answer 422 if it raises.",
            FLASK: "Call json.loads(request.get_data()) in a try, and answer 422 if it raises; request.get_json()"
            " answers 400 or 415 by itself.",
            DJANGO: "Call json.loads(request.body) in a try, and answer 422 if it raises; an exception that nothing catches is a 500.",
            EXPRESS: 'An error middleware, (err, req, res, next), answers 422 if err.type is "entity.parse.failed". An'
            " empty body, or one with another content type, causes no error: req.body is undefined, or {} before"
            " version 5.",
            WORKERS: "await request.json() throws: catch the error, and answer 422.",
        },
    ),
    Advice(
        (batch.REFUSED_INGESTS_NOTHING,),
        "Events are queued one by one while the batch is still being checked.",
        {ANYWHERE: "Check the whole top level before you queue the first event."},
    ),
    Advice(
        (robustness.DEEP_NESTING,),
        "A recursive parser, validator or serialiser runs out of stack.",
        {
            FASTAPI: "json.loads raises RecursionError, which is not a ValueError: catch both.",
            FLASK: "json.loads raises RecursionError, which is not a ValueError: catch both.",
            DJANGO: "json.loads raises RecursionError, which is not a ValueError: catch both.",
            EXPRESS: "JSON.parse can read it; walk through its result without recursion, or limit the depth.",
            WORKERS: "JSON.parse can read it; walk through its result without recursion, or limit the depth.",
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
        "JSON that was parsed cannot be encoded, converted or stored later, and nothing catches that error.",
        {
            ANYWHERE: "Treat an event that cannot be stored as invalid, and skip it: PostgreSQL cannot store a NUL"
            " character in text or jsonb, and no column can hold every number.",
            FASTAPI: "Bytes that are not UTF-8, and integers with thousands of digits, raise ValueError in json.loads; a"
            " lone surrogate raises UnicodeEncodeError in str.encode(); 1e400 is inf, and int(inf) raises"
            " OverflowError.",
            FLASK: "Catch what json.loads, str.encode() and int() raise: ValueError, UnicodeEncodeError and OverflowError.",
            DJANGO: "Catch what json.loads, str.encode() and int() raise: ValueError, UnicodeEncodeError and OverflowError.",
            EXPRESS: "BigInt(…) throws for a fraction and for Infinity, which 1e400 becomes.",
            WORKERS: "BigInt(…) throws for a fraction and for Infinity, which 1e400 becomes.",
        },
    ),
    Advice(
        (robustness.CHARSET_PARAMETER,),
        "The whole content type is compared with application/json, or the look-up of an unknown charset has no fall-back.",
        {
            ANYWHERE: "Compare the media type without its parameters; JSON is UTF-8, whatever a parameter says.",
            FLASK: "request.mimetype has no parameters; request.content_type has.",
            DJANGO: "request.content_type has no parameters; decode request.body as UTF-8.",
            EXPRESS: 'req.is("application/json") ignores parameters; express.json answers 415 to an unknown charset.',
        },
    ),
    Advice(
        (robustness.CHUNKED_BODY,),
        "The body is read by its Content-Length, which a chunked request does not have, so the body looks empty.",
        {
            ANYWHERE: "Read to the end of the body, and count bytes as they arrive. With WSGI, use a server that sets"
            " wsgi.input_terminated (gunicorn, Waitress), or let the proxy in front buffer requests.",
        },
    ),
    Advice(
        (robustness.LARGE_BATCH,),
        "A default limit for the size of a body is smaller than 100 events of a legal size.",
        {
            NGINX: "It accepts 1 MB by default: set client_max_body_size 4m.",
            APACHE: "Look at LimitRequestBody; a rule set of ModSecurity has a limit of its own (SecRequestBodyNoFilesLimit,"
            " 128 KB by default).",
            CADDY: "It has no limit by default: look at request_body { max_size … }.",
            DJANGO: "request.body accepts 2.5 MB by default: raise DATA_UPLOAD_MAX_MEMORY_SIZE.",
            FLASK: "If MAX_CONTENT_LENGTH is set, check its value.",
            EXPRESS: 'express.json accepts 100 KB by default: use express.json({ limit: "4mb" }).',
        },
    ),
    Advice(
        (robustness.ANY_CALLER_ANSWERED, robustness.ANY_CALLER_INGESTED),
        "A firewall's rule refuses requests without User-Agent or Accept, or those of libraries, or a filter for bots drops"
        " their events after the answer.",
        {
            ANYWHERE: "Make an exception for /beacon: in the OWASP rule set for 913100, 920300 and 920320, in a CDN for its bot"
            " protection. Do not drop events by User-Agent.",
        },
    ),
    Advice(
        (robustness.ALWAYS_ANSWERS, robustness.NO_SERVER_ERROR),
        "An exception that nothing catches ends the request with a 500, or ends the connection.",
        {
            ANYWHERE: "Look for the exception in the server's log at the time of the request. Answer 422 to a body that"
            " cannot be used, and skip an event that cannot be used.",
            EXPRESS: "Before version 5, Express does not handle a rejected promise of an async route, and the request"
            " hangs: catch it and call next(error).",
        },
    ),
)
