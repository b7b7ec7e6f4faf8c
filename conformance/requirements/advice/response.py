"""Advice on chapter response."""

from conformance.requirements import response
from conformance.requirements.advice.model import ANYWHERE, DJANGO, EXPRESS, FASTAPI, FLASK, WORKERS, Advice

ADVICE = (
    Advice(
        (response.CREATED, response.NULL_OR_EMPTY, response.NULL_JSON),
        "The framework's default status or body is sent (200, {} or a word such as ok), or 204 from an older page.",
        {
            FASTAPI: '@app.post("/beacon", status_code=201) and return None: null, as application/json.',
            FLASK: 'return Response("null", 201, mimetype="application/json").',
            DJANGO: "return JsonResponse(None, safe=False, status=201).",
            EXPRESS: "res.status(201).json(null); res.sendStatus(201) sends the word Created.",
            WORKERS: "return Response.json(null, { status: 201 }), or c.json(null, 201).",
        },
    ),
    Advice(
        (response.UNAUTHENTICATED_BODY, response.UNAUTHENTICATED_JSON),
        "The framework's own error page or error object is sent instead of the contract's words.",
        {
            FASTAPI: 'HTTPException answers {"detail": …}: return JSONResponse({"error": "Unauthenticated"}, 401).',
            FLASK: 'abort(401) answers HTML: return jsonify(error="Unauthenticated"), 401.',
            DJANGO: 'return JsonResponse({"error": "Unauthenticated"}, status=401); REST framework answers {"detail": …}.',
            EXPRESS: 'res.status(401).json({ error: "Unauthenticated" }).',
            WORKERS: 'c.json({ error: "Unauthenticated" }, 401); an HTTPException of Hono answers plain text.',
        },
    ),
    Advice(
        (response.ERRORS_BODY, response.ERRORS_JSON),
        "The framework's own validation error is sent: an object where strings belong, another member's name, or HTML.",
        {
            FASTAPI: 'Validation errors answer {"detail": [{…}]}: answer RequestValidationError in an exception handler with'
            ' JSONResponse({"errors": ["…"]}, 422).',
            FLASK: 'abort(422) answers HTML: return jsonify(errors=["…"]), 422.',
            DJANGO: 'return JsonResponse({"errors": ["…"]}, status=422).',
            EXPRESS: 'res.status(422).json({ errors: ["…"] }): strings, not the issues of a validator.',
            WORKERS: 'c.json({ errors: ["…"] }, 422): strings, not the issues of a validator.',
        },
    ),
    Advice(
        (response.TOKEN_NOT_REPEATED,),
        "An error text quotes the request: its URL, its headers, or the value that was not valid.",
        {
            ANYWHERE: "Answer errors in fixed words, and keep debug pages off what is deployed.",
            FASTAPI: "The errors of pydantic carry the input: take the messages alone.",
            DJANGO: "DEBUG = False: its error page shows the request.",
            EXPRESS: "NODE_ENV=production: the default error page shows the stack otherwise.",
        },
    ),
)
