"""The answers: status, body and content type."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.reference.batch import Refused


class Answers:
    """The clauses about answers, one method for each."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        """Answer an accepted batch; the answer does not show how many entries were valid."""
        return answer(201, None)

    def unauthenticated(self, _request: Request, /) -> Response:
        """Answer a request without a valid token; the answer does not show what is wrong with the token."""
        return answer(401, {"error": "Unauthenticated"})

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        """Answer a body that is not a valid batch."""
        return answer(refused.status, {"errors": refused.errors})

    def not_allowed(self, _request: Request, /) -> Response:
        """Answer every method except POST and OPTIONS."""
        return Response(status_code=405, headers={"Allow": "POST, OPTIONS"})


def answer(status: int, content: Any, content_type: str = "application/json") -> Response:
    """Return a JSON answer."""
    return Response(json.dumps(content, separators=(",", ":")), status, media_type=content_type)
