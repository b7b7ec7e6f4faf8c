"""The body as a whole: what is a batch, and why it is refused when it is none."""

from typing import Any

from starlette.requests import Request

from conformance.reference import parsing

MAX_BYTES = 8 * 1024 * 1024
"""The largest body that is read (silent, so ours to say)."""


class Refused(Exception):
    """A request that is turned away as a whole."""

    def __init__(self, errors: list[str], status: int = 422) -> None:
        super().__init__(*errors)
        self.errors = errors
        self.status = status


class Batches:
    """The top-level clauses, one method or one number each."""

    min_entries = 1
    max_entries = 100

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        """Take the entries out of a body, or refuse it."""
        payload = self.decode(request, body)
        if errors := self.batch_errors(payload):
            raise Refused(errors)
        return self.events_in(payload)

    def decode(self, _request: Request, body: bytes | None, /) -> Any:
        """Read the body as JSON, whatever its declared type (``text/plain`` is what ``sendBeacon`` sends for a string).

        Not JSON, or empty: 422 (inferred). Too large to read, so that it arrives here as ``None``: 413 (silent).
        """
        if body is None:
            raise Refused([f"The body must not be larger than {MAX_BYTES} bytes."], status=413)
        try:
            return parsing.loads(body)
        except ValueError:
            raise Refused(["The body must be valid JSON."]) from None

    def batch_errors(self, payload: Any) -> list[str]:
        """List what is wrong with the batch as a whole; an empty list accepts it."""
        return self.body_errors(payload) or self.events_errors(payload) or self.size_errors(payload["events"])

    def body_errors(self, payload: Any) -> list[str]:
        """Demand an object that has ``events``; its other members are ignored (silent)."""
        if not isinstance(payload, dict):
            return ["The body must be a JSON object."]
        return [] if "events" in payload else ["The events field is required."]

    def events_errors(self, payload: Any) -> list[str]:
        """Demand that ``events`` is an array."""
        return [] if isinstance(payload["events"], list) else ["The events field must be an array."]

    def size_errors(self, events: list[Any]) -> list[str]:
        """Demand 1 to 100 entries."""
        count = self.counted(events)
        if count < self.min_entries:
            return [f"The events field must have at least {self.min_entries} entry."]
        if count > self.max_entries:
            return [f"The events field must not have more than {self.max_entries} entries."]
        return []

    def counted(self, events: list[Any]) -> int:
        """Count what the limit is about: entries, valid or not."""
        return len(events)

    def events_in(self, payload: Any) -> list[Any]:
        """Hand over the entries; none, where a more lenient check let something else pass."""
        events = payload.get("events") if isinstance(payload, dict) else None
        return events if isinstance(events, list) else []
