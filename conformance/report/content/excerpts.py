"""Texts for a reader: cut to size, in one line, and a request or a reply as text."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

SHORT_BODY = 120
"""Characters of a request's body that stand beside its line: where the body is all there is to see."""


def cut(text: str, longest: int) -> str:
    """Return a text's beginning, with an ellipsis where it goes on."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def shortened(text: str, longest: int) -> str:
    """Return a text, or its beginning with what tells the whole of it again: its length and its digest."""
    if len(text) <= longest:
        return text
    digest = sha256(text.encode()).hexdigest()
    return f"{text[:longest]}… [cut here; the whole has {len(text)} characters, SHA-256 {digest}]"


def one_line(text: str) -> str:
    """Return a text in one line and inert: control characters, line ends among them, are escapes."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def message(sent_or_got: dict[str, Any], longest: int) -> str:
    """Return a request or a reply as text: line, headers, an empty line, the body.

    Of the lines before the body as many characters are shown as of the body, ``longest``.
    """
    if "none" in sent_or_got:
        return f"no reply ({sent_or_got['none']}): {sent_or_got['detail']}"
    return "\n".join(_message(sent_or_got, longest))


def _message(part: dict[str, Any], longest: int) -> Iterator[str]:
    head = [part["line"], *(f"{name}: {value}" for name, value in part["headers"])]
    yield shortened("\n".join(head), longest)
    yield ""
    yield part["body"][:longest] or "(empty body)"
    if part.get("unread"):
        yield f"[cut here; {part['bytes']} bytes were read{_digest(part)}; the rest was left unread]"
    elif part.get("cut") or len(part["body"]) > longest:
        yield f"[cut here; the whole body has {part['bytes']} bytes{_digest(part)}]"


def _digest(part: dict[str, Any]) -> str:
    return f", SHA-256 {part['sha256']}" if part.get("sha256") else ""
