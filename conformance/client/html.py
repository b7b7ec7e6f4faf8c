"""Names an HTML page of a gateway or a framework in a few words: its title and its server, never the page itself."""

import html
import re

from conformance.client.messages import Reply

LOOKED_AT = 8192
"""Bytes of a page in which its title is looked for."""
LONGEST_TITLE, LONGEST_SERVER = 80, 40
"""Characters."""
_TITLE = re.compile(rb"<title[^<>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_TEXT = re.compile(rb"<(?:h1|pre|p)[^<>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_BEGINS = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)


def is_page(reply: Reply) -> bool:
    """Whether the body of an answer is an HTML page; an empty body is not one, whatever its type."""
    if not reply.body.strip():
        return False
    return any("html" in line.lower() for line in reply.lines("content-type")) or bool(
        _BEGINS.match(reply.body[:LOOKED_AT])
    )


def page_title(reply: Reply) -> str:
    """Return the title of a page, or else its first words; empty if it has neither."""
    beginning = reply.body[:LOOKED_AT]
    found = next((one for one in (_TITLE.search(beginning), _TEXT.search(beginning)) if one), None)
    return _short(found[1].decode("utf-8", "replace"), LONGEST_TITLE) if found is not None else ""


def page_in_words(reply: Reply) -> str:
    """Return a page in a few words, such as ``an HTML page of nginx: 413 Request Entity Too Large``."""
    server = _short(", ".join(reply.lines("server")).partition("/")[0], LONGEST_SERVER)
    title = page_title(reply)
    return f"an HTML page{f' of {server}' if server else ''}{f': {title}' if title else ''}"


def _short(text: str, longest: int) -> str:
    """Return a text in one line. It is cut before a word, because the beginning of a secret would not be recognised."""
    words = " ".join(html.unescape(text).split())
    return words if len(words) <= longest else f"{words[:longest].rpartition(' ')[0]}…"
