"""Mutants of chapter cors: answers that depend on what browsers send."""

import gzip
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from conformance.mutants.declaring import crash, mutant
from conformance.reference import Rules
from conformance.reference.answers import answer
from conformance.reference.batch import Refused
from conformance.reference.cors import Lines
from conformance.reference.stores import Store
from conformance.requirements import cors as clause


class SomeAreForbidden(Rules):
    """Some POSTs are answered with 403."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        return Response(status_code=403) if self.forbids(request) else super().post(request, body, store)

    def forbids(self, request: Request) -> bool:
        raise NotImplementedError


@mutant(clause.BROWSER_LINES)
class CrossSiteIsForbidden(SomeAreForbidden):
    """A POST with Sec-Fetch-Site: cross-site is answered with 403."""

    def forbids(self, request: Request) -> bool:
        return request.headers.get("Sec-Fetch-Site") == "cross-site"


@mutant(clause.BROWSER_LINES)
class ScriptsAreForbidden(SomeAreForbidden):
    """A POST of a page's script, by its Sec-Fetch-Mode, is answered with 403."""

    def forbids(self, request: Request) -> bool:
        return request.headers.get("Sec-Fetch-Mode") == "cors"


@mutant(clause.BROWSER_LINES)
class OtherDestinationsAreForbidden(SomeAreForbidden):
    """A POST whose Sec-Fetch-Dest is not a document is answered with 403."""

    def forbids(self, request: Request) -> bool:
        return request.headers.get("Sec-Fetch-Dest", "document") != "document"


@mutant(clause.BROWSER_LINES)
class ForeignReferersAreForbidden(SomeAreForbidden):
    """A POST with the Referer of another host is answered with 403."""

    def forbids(self, request: Request) -> bool:
        referer = request.headers.get("Referer")
        return referer is not None and urlsplit(referer).netloc != request.headers.get("Host")


@mutant(clause.BROWSER_LINES)
class ClientHintsAreForbidden(SomeAreForbidden):
    """A POST with client hints, which it does not know, is answered with 403."""

    def forbids(self, request: Request) -> bool:
        return "Sec-CH-UA" in request.headers


@mutant(clause.BROWSER_LINES)
class OnlyJsonIsAcceptable(Rules):
    """A POST whose Accept does not name JSON is answered with 406."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if "json" not in request.headers.get("Accept", "json"):
            return Response(status_code=406)
        return super().post(request, body, store)


@mutant(clause.BROWSER_LINES)
class RefusalsAreRedirected(Rules):
    """Instead of a 422, a client whose Accept does not name JSON is redirected to the page that it came from."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        if "json" in request.headers.get("Accept", "json"):
            return super().unprocessable(request, refused)
        return RedirectResponse(request.headers.get("Referer", "/"), 302)


@mutant(clause.BROWSER_LINES)
class StrangersAreSentToALogin(Rules):
    """Instead of a 401, a client whose Accept does not name JSON is redirected to a login."""

    def unauthenticated(self, request: Request, /) -> Response:
        if "json" in request.headers.get("Accept", "json"):
            return super().unauthenticated(request)
        return RedirectResponse("/login", 302)


@mutant(clause.BROWSER_LINES)
class RefusalsArePages(Rules):
    """A 422 is a page for a client whose Accept does not name JSON."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        if "json" in request.headers.get("Accept", "json"):
            return super().unprocessable(request, refused)
        return HTMLResponse("<h1>Unprocessable</h1>", 422)


class Encodes(Rules):
    """An answer to a POST is encoded for a client that accepts an encoding."""

    encoding = "gzip"

    def finish(self, request: Request, response: Response, /) -> Response:
        accepts = self.encoding in request.headers.get("Accept-Encoding", "")
        if request.method == "POST" and response.body and accepts:
            response.body = self.encoded(bytes(response.body))
            response.headers["Content-Length"] = str(len(response.body))
            response.headers["Content-Encoding"] = self.encoding
        return super().finish(request, response)

    def encoded(self, content: bytes) -> bytes:
        return content


@mutant(clause.BROWSER_LINES)
class OnlyTheLabelSaysGzip(Encodes):
    """A client that accepts gzip gets answers that are labelled as gzip and are not compressed."""


@mutant(clause.BROWSER_LINES)
class OnlyTheLabelSaysBrotli(Encodes):
    """A client that accepts br gets answers that are labelled as br and are not compressed."""

    encoding = "br"


@mutant(clause.BROWSER_LINES)
class GzipInsteadOfZstandard(Encodes):
    """A client that accepts zstd gets answers that are labelled as zstd and are compressed with gzip."""

    encoding = "zstd"

    def encoded(self, content: bytes) -> bytes:
        return gzip.compress(content)


@mutant(clause.BROWSER_LINES)
class CompressedTwice(Encodes):
    """A client that accepts gzip gets answers that are compressed twice, by the application and by its gateway."""

    def encoded(self, content: bytes) -> bytes:
        return gzip.compress(gzip.compress(content))


@mutant(clause.BROWSER_LINES)
class CompressedAnswersLoseTheirLines(Rules):
    """An answer to a client that accepts br has no CORS lines, because a cache in front writes it again."""

    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        lines = super().cors_lines(request, status, store)
        return [] if "br" in request.headers.get("Accept-Encoding", "") else lines


@mutant(clause.BROWSER_LINES)
class ErrorsAreTranslated(Rules):
    """The body of a 401 is in the language that the client accepts."""

    def unauthenticated(self, request: Request, /) -> Response:
        if "Accept-Language" in request.headers:
            return answer(401, {"error": "Please log in first."})
        return super().unauthenticated(request)


@mutant(clause.BROWSER_LINES)
class LanguagesCrash(Rules):
    """An Accept-Language with more than one language causes a server error."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        return (
            crash("language")
            if "," in request.headers.get("Accept-Language", "")
            else super().post(request, body, store)
        )
