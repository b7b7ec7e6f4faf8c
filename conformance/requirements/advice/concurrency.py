"""Advice on chapter concurrency."""

from conformance.requirements import concurrency
from conformance.requirements.advice.model import ANYWHERE, DJANGO, EXPRESS, FASTAPI, FLASK, WORKERS, Advice

ADVICE = (
    Advice(
        (
            concurrency.OWN_STATUS,
            concurrency.OWN_ORIGIN,
            concurrency.OWN_VALUES,
            concurrency.OWN_STORE,
        ),
        "What belongs to one request is in a variable that all requests share: a module's variable, an attribute of a"
        " singleton, or a pooled object.",
        {
            ANYWHERE: "Keep it in local variables and arguments, or in the request's own context. Copy what a queue or a"
            " background task gets, before the buffer of the request is used again.",
            FASTAPI: "Use request.state or a dependency for each request; a module's variable changes at every await.",
            FLASK: "Use flask.g, not attributes of the app; give a background thread copies, not the request.",
            DJANGO: "Middleware is one object for all requests: set attributes on the request, not on self.",
            EXPRESS: "Use res.locals; a variable outside of the handler changes at every await.",
            WORKERS: "Use the context (c.set) or arguments; a module's variable outlives the request and is shared.",
        },
    ),
    Advice(
        (concurrency.ALL_INGESTED, concurrency.SESSION_RETURNS),
        "Events are lost when requests overlap: a list is written back without a lock, a queue drops what does not fit, or"
        " events are limited by session.",
        {
            ANYWHERE: "Add to a queue with one atomic operation, and answer 201 only when it has taken the events. If it is full,"
            " answer 429 or 503. Do not drop the events of a session that sends several batches within a second.",
            FASTAPI: "Keep a reference to every asyncio task, or it may be collected; await queue.put(), not put_nowait() in a"
            " try that ignores QueueFull.",
            DJANGO: "Insert rows in a transaction; do not read a JSON column, append to it and save it.",
            EXPRESS: "Await the write or catch its rejection; an append to a file needs one stream, not one for each request.",
            WORKERS: "Pass every promise to ctx.waitUntil(), or it ends with the answer.",
        },
    ),
    Advice(
        (concurrency.LAST_BATCH,),
        "A buffer is emptied only when it is full, so the last events of a quiet hour stay in it.",
        {
            ANYWHERE: "Empty the buffer after a second or two as well, and when the process ends.",
            EXPRESS: "Start a timer with the first event in the buffer, and empty it on SIGTERM.",
            WORKERS: "Use a queue's max_batch_timeout; a worker has no timer between requests.",
        },
    ),
)
