"""Chapter concurrency: many requests at a time, and sessions that return."""

from functools import partial

from conformance.requirements.model import AUTHENTICATION, Needs, stated

read_back = partial(stated, needs=Needs.INGESTION)

OWN_STATUS = stated(
    "concurrency.own-status",
    AUTHENTICATION,
    "Of many requests at the same time, each gets the status that it gets alone.",
    hint="What belongs to one request must not be kept in a variable that all requests share.",
)
OWN_ORIGIN = stated(
    "concurrency.own-origin",
    AUTHENTICATION,
    "Of many requests at the same time, each is answered with its own Origin.",
)
ALL_INGESTED = read_back(
    "concurrency.all-ingested",
    AUTHENTICATION,
    "Of many requests at the same time, every valid event that got a success is ingested, and none without a valid token.",
)
OWN_VALUES = read_back(
    "concurrency.own-values",
    AUTHENTICATION,
    "Of many requests at the same time, every event is stored with its own values.",
)
OWN_STORE = stated(
    "concurrency.own-store",
    AUTHENTICATION,
    "Of many requests at the same time, every event is stored in the store of its own token, and in no other.",
    needs=Needs.STORES,
)
SESSION_RETURNS = read_back(
    "concurrency.session-returns",
    AUTHENTICATION,
    "The second and the third batch of a session are ingested like its first.",
    hint="Do not limit the events of a session: a success says that they are ingested.",
)
LAST_BATCH = read_back(
    "concurrency.last-batch",
    AUTHENTICATION,
    "A small batch is ingested although no other request follows it.",
    hint="A buffer that waits for more events needs a time after which it is emptied.",
)
