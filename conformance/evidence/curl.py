"""A curl command that repeats a request in any POSIX shell and reads secrets from the environment."""

import shlex

from conformance.client import Request
from conformance.evidence.redaction import Alias, Redactor

LONGEST_BODY = 16_384
"""Bytes of the longest body in a command: a longer command would be of no use."""


def curl(request: Request, redactor: Redactor) -> str:
    """Return the command, or an empty text if the body is too long for one."""
    if len(request.body) > LONGEST_BODY:
        return ""
    method = "--head" if request.method == "HEAD" else f"-X {shlex.quote(request.method)}"
    parts = ["curl -sS -i -g --path-as-is", *redactor.options_of_curl, method]
    names = {name.lower() for name, _ in request.headers}
    for name, value in request.headers:
        parts.append(f"-H {_quoted(f'{name}: {value}' if value else f'{name};', redactor)}")
    has_body = bool(request.body) or request.method == "POST"
    unset = ["Content-Type"] if has_body else []
    parts += [f"-H '{name}:'" for name in (*unset, "Accept", "User-Agent") if name.lower() not in names]
    if request.chunked:
        parts.append("-H 'Transfer-Encoding: chunked'")
    before = ""
    if has_body:
        before, data = _data(request.body, redactor)
        parts.append(data)
    return f"{before}{' '.join(parts)} {_quoted(request.url, redactor)}"


def _data(body: bytes, redactor: Redactor) -> tuple[str, str]:
    """Return the part before the command, and the option for the body."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" not in text:
        return "", f"--data-raw {_quoted(text, redactor)}"
    # An argument cannot contain such a body, so it comes through a pipe.
    prints = [
        f'printf %s "{piece.shell}"' if isinstance(piece, Alias) else f"printf '{_octal(piece)}'"
        for piece in redactor.pieces(body.decode("latin-1"))
        if piece != ""
    ]
    return f"{{ {'; '.join(prints)}; }} | ", "--data-binary @-"


def _octal(text: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in text.encode("latin-1"))


def _quoted(text: str, redactor: Redactor) -> str:
    """Quote a text for the shell; secrets are expansions in double quotes."""
    pieces = [
        shlex.quote(piece) if isinstance(piece, str) else f'"{piece.shell}"'
        for piece in redactor.pieces(text)
        if piece != ""
    ]
    return "".join(pieces) or "''"
