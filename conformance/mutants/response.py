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
    """An accepted batch is answered differently."""

    status = 201
    content: ClassVar[Any] = None
    content_type = "application/json"

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return answer(self.status, self.content, self.content_type)


@mutant(clause.CREATED)
class SuccessIs200(Created):
    """An accepted batch is answered with 200."""

    status = 200


@mutant(clause.CREATED)
class SuccessIs202(Created):
    """An accepted batch is answered with 202."""

    status = 202


# A 204 has no body, so it has no null either.
@mutant(clause.CREATED, clause.NULL_JSON)
class SuccessIs204(Rules):
    """An accepted batch is answered with 204, as a retired page said."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return Response(status_code=204)


@mutant(clause.CREATED)
class QuerySuccessIs200(Rules):
    """An accepted batch with the token in the query is answered with 200."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        return super().created(request, entries) if self.header_token(request) else answer(200, None)


@mutant(clause.CREATED, events.SKIPPING_IS_SILENT, perhaps=MIXED)
class PartialSuccessIs207(Rules):
    """An accepted batch with skipped events is answered with 207."""

    def created(self, _request: Request, entries: list[Any], /) -> Response:
        return answer(201 if len(self.accepted(entries)) == len(entries) else 207, None)


@mutant(clause.NULL_OR_EMPTY, clause.NULL_JSON)
class SuccessIsAnEmptyObject(Created):
    """The body of a 201 is {}."""

    content: ClassVar[Any] = {}


@mutant(clause.NULL_OR_EMPTY, clause.NULL_JSON)
class SuccessCounts(Rules):
    """The body of a 201 says how many entries arrived."""

    def created(self, _request: Request, entries: list[Any], /) -> Response:
        return answer(201, {"accepted": len(entries)})


@mutant(clause.NULL_OR_EMPTY, clause.NULL_JSON)
class SuccessIsOk(Rules):
    """The body of a 201 is the text OK."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return PlainTextResponse("OK", 201)


@mutant(clause.NULL_OR_EMPTY, events.SKIPPING_IS_SILENT, perhaps=MIXED)
class MixedSuccessListsErrors(Rules):
    """The body of a 201 lists the skipped events."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        wrong = [place for place, entry in enumerate(entries) if not self.valid(entry)]
        return answer(201, {"errors": wrong}) if wrong else super().created(request, entries)


@mutant(clause.NULL_JSON)
class SuccessIsEmpty(Rules):
    """The body of a 201 is empty."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return Response(status_code=201)


@mutant(clause.NULL_JSON)
class SuccessIsPlainText(Created):
    """The content type of a 201 is text/plain."""

    content_type = "text/plain"


@mutant(clause.NULL_JSON)
class SuccessHasNoContentType(Rules):
    """A 201 has no content type."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return Response(b"null", 201)


class Unauthenticated(Rules):
    """A 401 has different content."""

    content: ClassVar[Any] = None
    content_type = "application/json"

    def unauthenticated(self, _request: Request, /) -> Response:
        return answer(401, self.content, self.content_type)


@mutant(clause.UNAUTHENTICATED_BODY)
class UnauthenticatedIsAMessage(Unauthenticated):
    """The body of a 401 has a message with a full stop, one framework's default."""

    content: ClassVar[Any] = {"message": "Unauthenticated."}


@mutant(clause.UNAUTHENTICATED_BODY)
class UnauthenticatedIsADetail(Unauthenticated):
    """The body of a 401 has a detail, another framework's default."""

    content: ClassVar[Any] = {"detail": "Unauthenticated"}


@mutant(clause.UNAUTHENTICATED_BODY)
class UnauthenticatedIsUnauthorized(Unauthenticated):
    """The error in the body of a 401 is Unauthorized, the name of the status."""

    content: ClassVar[Any] = {"error": "Unauthorized"}


@mutant(clause.UNAUTHENTICATED_BODY)
class UnauthenticatedSaysMore(Unauthenticated):
    """The body of a 401 has one more member."""

    content: ClassVar[Any] = {"error": "Unauthenticated", "status": 401}


@mutant(clause.UNAUTHENTICATED_BODY)
class UnauthenticatedTellsWhy(Rules):
    """The body of a 401 says whether the token is missing or unknown."""

    def unauthenticated(self, request: Request, /) -> Response:
        error = "Unauthenticated" if self.token(request) is None else "Invalid token"
        return answer(401, {"error": error})


@mutant(clause.UNAUTHENTICATED_BODY, clause.UNAUTHENTICATED_JSON)
class UnauthenticatedIsEmpty(Rules):
    """The body of a 401 is empty."""

    def unauthenticated(self, _request: Request, /) -> Response:
        return Response(status_code=401)


@mutant(clause.UNAUTHENTICATED_JSON)
class UnauthenticatedIsPlainText(Unauthenticated):
    """The content type of a 401 is text/plain."""

    content: ClassVar[Any] = {"error": "Unauthenticated"}
    content_type = "text/plain"


@mutant(clause.UNAUTHENTICATED_JSON)
class UnauthenticatedIsHtml(Unauthenticated):
    """The content type of a 401 is text/html."""

    content: ClassVar[Any] = {"error": "Unauthenticated"}
    content_type = "text/html"


class Errors(Rules):
    """A 422 has different content."""

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        return answer(refused.status, self.worded(refused.errors))

    def worded(self, errors: list[str]) -> Any:
        raise NotImplementedError


@mutant(clause.ERRORS_BODY)
class ErrorsAreAString(Errors):
    """The errors of a 422 are one string instead of an array."""

    def worded(self, errors: list[str]) -> Any:
        return {"errors": errors[0]}


@mutant(clause.ERRORS_BODY)
class ErrorsAreEmpty(Errors):
    """The errors of a 422 are an empty array."""

    def worded(self, _errors: list[str]) -> Any:
        return {"errors": []}


@mutant(clause.ERRORS_BODY)
class ErrorsAreObjects(Errors):
    """The errors of a 422 are objects with a path and a message."""

    def worded(self, errors: list[str]) -> Any:
        return {"errors": [{"path": "events", "message": error} for error in errors]}


@mutant(clause.ERRORS_BODY)
class ErrorsAreKeyed(Errors):
    """The errors of a 422 are an object with a key for each field, one framework's default."""

    def worded(self, errors: list[str]) -> Any:
        return {"message": errors[0], "errors": {"events": errors}}


@mutant(clause.ERRORS_BODY)
class ErrorsAreADetail(Errors):
    """The body of a 422 has detail instead of errors, another framework's default."""

    def worded(self, errors: list[str]) -> Any:
        return {"detail": [{"loc": ["body", "events"], "msg": error} for error in errors]}


@mutant(clause.ERRORS_BODY)
class ErrorsAreBare(Errors):
    """The body of a 422 is an array without the object around it."""

    def worded(self, errors: list[str]) -> Any:
        return errors


@mutant(clause.ERRORS_BODY)
class TooManyIsAnotherError(Rules):
    """A batch over the limit gets a 422 whose body has error instead of errors."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        too_many = "more than" in refused.errors[0]
        return (
            answer(422, {"error": refused.errors[0]}) if too_many else super().unprocessable(request, refused)
        )


@mutant(clause.ERRORS_BODY, clause.ERRORS_JSON)
class ErrorsAreAPage(Rules):
    """The body of a 422 is an HTML page."""

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        return HTMLResponse(PAGE, refused.status)


@mutant(clause.ERRORS_BODY)
class ParsersErrorsAreAPage(Rules):
    """The body of a 422 to a body that is not JSON is an HTML page."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        unread = "valid JSON" in refused.errors[0]
        return HTMLResponse(PAGE, 422) if unread else super().unprocessable(request, refused)


@mutant(clause.ERRORS_JSON)
class ErrorsArePlainText(Rules):
    """The content type of a 422 is text/plain."""

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        return answer(refused.status, {"errors": refused.errors}, "text/plain")


@mutant(clause.ERRORS_JSON)
class TooManyIsPlainText(Rules):
    """The content type of a 422 to a batch over the limit is text/plain."""

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        media = "text/plain" if "more than" in refused.errors[0] else "application/json"
        return answer(refused.status, {"errors": refused.errors}, media)


@mutant(clause.TOKEN_NOT_REPEATED)
class ErrorsQuoteTheUrl(Rules):
    """The errors of a 422 quote the URL with the token in it."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        return answer(refused.status, {"errors": [f"{error} ({request.url})" for error in refused.errors]})


@mutant(clause.TOKEN_NOT_REPEATED)
class ChallengeQuotesTheToken(Rules):
    """A 401 repeats the unknown token in the header WWW-Authenticate."""

    def unauthenticated(self, request: Request, /) -> Response:
        refusal = super().unauthenticated(request)
        refusal.headers["WWW-Authenticate"] = f'Token realm="beacon", unknown="{self.token(request) or ""}"'
        return refusal


@mutant(clause.TOKEN_NOT_REPEATED)
class TokenIsEchoedInAHeader(Rules):
    """Every error repeats the token in a header."""

    def finish(self, request: Request, reply: Response, /) -> Response:
        if reply.status_code >= 400:
            reply.headers["X-Debug-Token"] = self.token(request) or ""
        return reply
