"""Checks a whole body: the form of a batch, and the reasons to refuse it."""

from typing import Any

from starlette.requests import Request

from conformance.reference import parsing

MAX_BYTES = 8 * 1024 * 1024
"""The largest body that is read (the contract is silent, so this is our choice)."""


class Refused(Exception):
    """A request that is refused as a whole."""

    def __init__(self, errors: list[str], status: int = 422) -> None:
        super().__init__(*errors)
        self.errors = errors
        self.status = status


class Batches:
    """The clauses about the top level of a body, one method or one number for each."""

    min_entries = 1
    max_entries = 100

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        """Return the entries of a body. Raises Refused."""
        payload = self.decode(request, body)
        if errors := self.batch_errors(payload):
            raise Refused(errors)
        return self.events_in(payload)

    def decode(self, _request: Request, body: bytes | None, /) -> Any:
        """Parse the body as JSON, and ignore its content type (``sendBeacon`` sends a string as ``text/plain``). Raises Refused.

        A body that is empty or not JSON gets 422 (inferred). A body that was too large to read is None here, and gets 413 (silent).
        """
        if body is None:
            raise Refused([f"The body must not be larger than {MAX_BYTES} bytes."], status=413)
        try:
            return parsing.loads(body)
        except ValueError:
            raise Refused(["The body must be valid JSON."]) from None

    def batch_errors(self, payload: Any) -> list[str]:
        """Return what is wrong with the batch as a whole; an empty list accepts it."""
        return self.body_errors(payload) or self.events_errors(payload) or self.size_errors(payload["events"])

    def body_errors(self, payload: Any) -> list[str]:
        """Check that the body is an object with ``events``; other members are ignored (silent)."""
        if not isinstance(payload, dict):
            return ["The body must be a JSON object."]
        return [] if "events" in payload else ["The events field is required."]

    def events_errors(self, payload: Any) -> list[str]:
        """Check that ``events`` is an array."""
        return [] if isinstance(payload["events"], list) else ["The events field must be an array."]

    def size_errors(self, events: list[Any]) -> list[str]:
        """Check that there are 1 to 100 entries."""
        count = self.counted(events)
        if count < self.min_entries:
            return [f"The events field must have at least {self.min_entries} entry."]
        if count > self.max_entries:
            return [f"The events field must not have more than {self.max_entries} entries."]
        return []

    def counted(self, events: list[Any]) -> int:
        """Return the number that the limit applies to: all entries, valid or not."""
        return len(events)

    def events_in(self, payload: Any) -> list[Any]:
        """Return the entries; an empty list if a mutant accepted something that has none."""
        events = payload.get("events") if isinstance(payload, dict) else None
        return events if isinstance(events, list) else []
