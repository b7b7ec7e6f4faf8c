"""Advice on chapter response."""

from conformance.requirements import response
from conformance.requirements.advice.model import ANYWHERE, DJANGO, EXPRESS, FASTAPI, FLASK, WORKERS, Advice

ADVICE = (
    Advice(
        (response.CREATED, response.NULL_OR_EMPTY, response.NULL_JSON),
        "The framework's default status or body is sent (200, {} or a word such as ok), or 204, as an older page said.",
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
            FASTAPI: 'HTTPException answers with {"detail": …}: return JSONResponse({"error": "Unauthenticated"}, 401).',
            FLASK: 'abort(401) answers with HTML: return jsonify(error="Unauthenticated"), 401.',
            DJANGO: 'return JsonResponse({"error": "Unauthenticated"}, status=401); REST framework answers with {"detail": …}.',
            EXPRESS: 'res.status(401).json({ error: "Unauthenticated" }).',
            WORKERS: 'c.json({ error: "Unauthenticated" }, 401); Hono\'s HTTPException answers with plain text.',
        },
    ),
    Advice(
        (response.ERRORS_BODY, response.ERRORS_JSON),
        "The framework's own validation error is sent: objects instead of strings, another member name, or HTML.",
        {
            FASTAPI: 'FastAPI answers validation errors with {"detail": [{…}]}: add an exception handler for'
            ' RequestValidationError that returns JSONResponse({"errors": ["…"]}, 422).',
            FLASK: 'abort(422) answers with HTML: return jsonify(errors=["…"]), 422.',
            DJANGO: 'return JsonResponse({"errors": ["…"]}, status=422).',
            EXPRESS: 'res.status(422).json({ errors: ["…"] }): send strings, not a validator\'s issue objects.',
            WORKERS: 'c.json({ errors: ["…"] }, 422): send strings, not a validator\'s issue objects.',
        },
    ),
    Advice(
        (response.TOKEN_NOT_REPEATED,),
        "An error message quotes the request: its URL, its headers, or the invalid value.",
        {
            ANYWHERE: "Use fixed error messages, and switch off debug pages in deployments.",
            FASTAPI: "pydantic's errors contain the input: send only their messages.",
            DJANGO: "Set DEBUG = False: the debug error page shows the request.",
            EXPRESS: "Set NODE_ENV=production: otherwise the default error page shows the stack.",
        },
    ),
)
