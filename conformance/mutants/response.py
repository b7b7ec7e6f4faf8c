"""Mutants of chapter response."""

from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import MIXED
from conformance.reference import Rules
from conformance.reference.answers import answer
from conformance.reference.batch import Refused
from conformance.requirements import events
from conformance.requirements import response as clause

PAGE = "<!doctype html><title>Error</title><h1>Unprocessable Content</h1>"


class Created(Rules):
    """A success is answered otherwise."""

    status = 201
    content: ClassVar[Any] = None
    content_type = "application/json"

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return answer(self.status, self.content, self.content_type)


@mutant(clause.CREATED)
class SuccessIs200(Created):
    """A success is answered with 200."""

    status = 200


@mutant(clause.CREATED)
class SuccessIs202(Created):
    """A success is answered with 202, since ingestion is asynchronous."""

    status = 202


# No content is no null.
@mutant(clause.CREATED, clause.NULL_JSON)
class SuccessIs204(Rules):
    """A success is answered with 204, as the retired page said."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return Response(status_code=204)


@mutant(clause.CREATED)
class QuerySuccessIs200(Rules):
    """A success by the query form is answered with 200."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        return super().created(request, entries) if self.header_token(request) else answer(200, None)


@mutant(clause.CREATED, events.SKIPPING_IS_SILENT, perhaps=MIXED)
class PartialSuccessIs207(Rules):
    """A success with skipped events is answered with 207."""

    def created(self, _request: Request, entries: list[Any], /) -> Response:
        return answer(201 if len(self.accepted(entries)) == len(entries) else 207, None)


@mutant(clause.NULL_OR_EMPTY, clause.NULL_JSON)
class SuccessIsAnEmptyObject(Created):
    """The body of a success is {}."""

    content: ClassVar[Any] = {}


@mutant(clause.NULL_OR_EMPTY, clause.NULL_JSON)
class SuccessCounts(Rules):
    """The body of a success tells how many entries came."""

    def created(self, _request: Request, entries: list[Any], /) -> Response:
        return answer(201, {"accepted": len(entries)})


@mutant(clause.NULL_OR_EMPTY, clause.NULL_JSON)
class SuccessIsOk(Rules):
    """The body of a success is the text OK."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return PlainTextResponse("OK", 201)


@mutant(clause.NULL_OR_EMPTY, events.SKIPPING_IS_SILENT, perhaps=MIXED)
class MixedSuccessListsErrors(Rules):
    """The body of a success lists what was wrong with skipped events."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        wrong = [place for place, entry in enumerate(entries) if not self.valid(entry)]
        return answer(201, {"errors": wrong}) if wrong else super().created(request, entries)


@mutant(clause.NULL_JSON)
class SuccessIsEmpty(Rules):
    """The body of a success is empty."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return Response(status_code=201)


@mutant(clause.NULL_JSON)
class SuccessIsPlainText(Created):
    """The null of a success is text/plain."""

    content_type = "text/plain"


@mutant(clause.NULL_JSON)
class SuccessHasNoContentType(Rules):
    """The null of a success has no content type."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return Response(b"null", 201)


class Unauthenticated(Rules):
    """A 401 is worded otherwise."""

    content: ClassVar[Any] = None
    content_type = "application/json"

    def unauthenticated(self, _request: Request, /) -> Response:
        return answer(401, self.content, self.content_type)


@mutant(clause.UNAUTHENTICATED_BODY)
class UnauthenticatedIsAMessage(Unauthenticated):
    """One framework's default: a message, with a full stop."""

    content: ClassVar[Any] = {"message": "Unauthenticated."}


@mutant(clause.UNAUTHENTICATED_BODY)
class UnauthenticatedIsADetail(Unauthenticated):
    """Another framework's default: a detail."""

    content: ClassVar[Any] = {"detail": "Unauthenticated"}


@mutant(clause.UNAUTHENTICATED_BODY)
class UnauthenticatedIsUnauthorized(Unauthenticated):
    """The status's own name."""

    content: ClassVar[Any] = {"error": "Unauthorized"}


@mutant(clause.UNAUTHENTICATED_BODY)
class UnauthenticatedSaysMore(Unauthenticated):
    """One member too many."""

    content: ClassVar[Any] = {"error": "Unauthenticated", "status": 401}


@mutant(clause.UNAUTHENTICATED_BODY)
class UnauthenticatedTellsWhy(Rules):
    """An unknown token is told from a missing one."""

    def unauthenticated(self, request: Request, /) -> Response:
        error = "Unauthenticated" if self.token(request) is None else "Invalid token"
        return answer(401, {"error": error})


@mutant(clause.UNAUTHENTICATED_BODY, clause.UNAUTHENTICATED_JSON)
class UnauthenticatedIsEmpty(Rules):
    """A 401 has no body."""

    def unauthenticated(self, _request: Request, /) -> Response:
        return Response(status_code=401)


@mutant(clause.UNAUTHENTICATED_JSON)
class UnauthenticatedIsPlainText(Unauthenticated):
    """A 401 is text/plain to the letter."""

    content: ClassVar[Any] = {"error": "Unauthenticated"}
    content_type = "text/plain"


@mutant(clause.UNAUTHENTICATED_JSON)
class UnauthenticatedIsHtml(Unauthenticated):
    """A 401 has the content type of an error page."""

    content: ClassVar[Any] = {"error": "Unauthenticated"}
    content_type = "text/html"


class Errors(Rules):
    """A 422 is worded otherwise."""

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        return answer(refused.status, self.worded(refused.errors))

    def worded(self, errors: list[str]) -> Any:
        raise NotImplementedError


@mutant(clause.ERRORS_BODY)
class ErrorsAreAString(Errors):
    """One error, no array."""

    def worded(self, errors: list[str]) -> Any:
        return {"errors": errors[0]}


@mutant(clause.ERRORS_BODY)
class ErrorsAreEmpty(Errors):
    """An array without an error."""

    def worded(self, _errors: list[str]) -> Any:
        return {"errors": []}


@mutant(clause.ERRORS_BODY)
class ErrorsAreObjects(Errors):
    """Errors with a path and a message."""

    def worded(self, errors: list[str]) -> Any:
        return {"errors": [{"path": "events", "message": error} for error in errors]}


@mutant(clause.ERRORS_BODY)
class ErrorsAreKeyed(Errors):
    """One framework's default: errors by field."""

    def worded(self, errors: list[str]) -> Any:
        return {"message": errors[0], "errors": {"events": errors}}


@mutant(clause.ERRORS_BODY)
class ErrorsAreADetail(Errors):
    """Another framework's default: a detail."""

    def worded(self, errors: list[str]) -> Any:
        return {"detail": [{"loc": ["body", "events"], "msg": error} for error in errors]}


@mutant(clause.ERRORS_BODY)
class ErrorsAreBare(Errors):
    """The array without the object around it."""

    def worded(self, errors: list[str]) -> Any:
        return errors


@mutant(clause.ERRORS_BODY)
class TooManyIsAnotherError(Rules):
    """The limit is checked elsewhere, and worded otherwise."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        too_many = "more than" in refused.errors[0]
        return (
            answer(422, {"error": refused.errors[0]}) if too_many else super().unprocessable(request, refused)
        )


@mutant(clause.ERRORS_BODY, clause.ERRORS_JSON)
class ErrorsAreAPage(Rules):
    """A 422 is an HTML page."""

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        return HTMLResponse(PAGE, refused.status)


@mutant(clause.ERRORS_BODY)
class ParsersErrorsAreAPage(Rules):
    """A 422 to a body that is not JSON is the framework's HTML page."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        unread = "valid JSON" in refused.errors[0]
        return HTMLResponse(PAGE, 422) if unread else super().unprocessable(request, refused)


@mutant(clause.ERRORS_JSON)
class ErrorsArePlainText(Rules):
    """A 422 is text/plain to the letter."""

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        return answer(refused.status, {"errors": refused.errors}, "text/plain")


@mutant(clause.ERRORS_JSON)
class TooManyIsPlainText(Rules):
    """The limit is checked elsewhere, and answered as text/plain."""

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        media = "text/plain" if "more than" in refused.errors[0] else "application/json"
        return answer(refused.status, {"errors": refused.errors}, media)


@mutant(clause.TOKEN_NOT_REPEATED)
class ErrorsQuoteTheUrl(Rules):
    """A 422 quotes the URL, with the token in it."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        return answer(refused.status, {"errors": [f"{error} ({request.url})" for error in refused.errors]})


@mutant(clause.TOKEN_NOT_REPEATED)
class ChallengeQuotesTheToken(Rules):
    """A 401 says in a header which token it does not know."""

    def unauthenticated(self, request: Request, /) -> Response:
        refusal = super().unauthenticated(request)
        refusal.headers["WWW-Authenticate"] = f'Token realm="beacon", unknown="{self.token(request) or ""}"'
        return refusal


@mutant(clause.TOKEN_NOT_REPEATED)
class TokenIsEchoedInAHeader(Rules):
    """Every error carries the token in a header, for the log of the edge."""

    def finish(self, request: Request, reply: Response, /) -> Response:
        if reply.status_code >= 400:
            reply.headers["X-Debug-Token"] = self.token(request) or ""
        return reply
