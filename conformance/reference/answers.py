"""The answers themselves: status, body, content type."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.reference.batch import Refused


class Answers:
    """The response clauses, one method each."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        """Accept a batch; how many of its entries were valid is told to nobody."""
        return answer(201, None)

    def unauthenticated(self, _request: Request, /) -> Response:
        """Turn away a caller without a valid token, in the same words whatever is wrong with it."""
        return answer(401, {"error": "Unauthenticated"})

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        """Turn away a body that is no batch."""
        return answer(refused.status, {"errors": refused.errors})

    def not_allowed(self, _request: Request, /) -> Response:
        """Turn away every method but the two."""
        return Response(status_code=405, headers={"Allow": "POST, OPTIONS"})


def answer(status: int, content: Any, content_type: str = "application/json") -> Response:
    """Write a JSON answer."""
    return Response(json.dumps(content, separators=(",", ":")), status, media_type=content_type)
