"""Cuts texts, puts them in one line, and writes requests and replies as text."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

SHOWN_WHOLE = 1000
"""Characters: of a longer body of a batch only the entry in question is shown."""
SHORT_BODY = 120
"""Characters: a request body up to this length is shown next to the request line."""


def store_in_words(store: dict[str, Any]) -> list[str]:
    """Return what a store showed of an event, in lines."""
    lines = [
        f"sent {store['sent']}; the store was read {store['read']} and showed {_events(store['events'])}"
    ]
    if unreadable := store.get("unreadable"):
        lines.append(
            f"left out of the reading, because they are not JSON objects: {unreadable} entries or lines"
        )
    lines += [f"stored: {one}" for one in store.get("stored", ())]
    later = store.get("later")
    if later is not None:
        lines.append(f"a later event, sent {later['sent']}, is stored: {later['stored']}")
    return lines


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"


def cut(text: str, longest: int) -> str:
    """Return at most ``longest`` characters of a text; an ellipsis ends a text that was cut."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def shortened(text: str, longest: int) -> str:
    """Return a text. If it is too long, return its beginning, its length and its SHA-256."""
    if len(text) <= longest:
        return text
    digest = sha256(text.encode()).hexdigest()
    return f"{text[:longest]}… [cut here; the whole text has {len(text)} characters, SHA-256 {digest}]"


def one_line(text: str) -> str:
    """Return a text in one line. Control characters, such as line ends, become escapes, so that no viewer obeys them."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def sent_message(evidence: dict[str, Any], longest: int) -> str:
    """Return the request of an evidence as text; of a long batch only the entry that the expectation is about."""
    part = evidence["sent"]
    entry = evidence.get("example")
    if entry and "body" in part and (part.get("cut") or len(part["body"]) > min(longest, SHOWN_WHOLE)):
        note = f"[a body of {part['bytes']} bytes; the entry that this is about:]"
        part = {**part, "body": f"{note}\n{entry}", "cut": False, "bytes": 0}
        part.pop("unread", None)
    return message(part, longest)


def message(sent_or_got: dict[str, Any], longest: int) -> str:
    """Return a request or a reply as text: line, headers, an empty line, the body.

    The lines before the body and the body have at most ``longest`` characters each.
    """
    if "none" in sent_or_got:
        return f"no reply ({sent_or_got['none']}): {sent_or_got['detail']}"
    return "\n".join(_message(sent_or_got, longest))


def _message(part: dict[str, Any], longest: int) -> Iterator[str]:
    head = [part["line"], *(f"{name}: {value}" for name, value in part["headers"])]
    yield shortened("\n".join(head), longest)
    if "lines" in part:
        digest = part.get("lines_sha256", "")
        yield f"[cut here; there are {part['lines']} header lines" + (
            f", SHA-256 {digest}]" if digest else "]"
        )
    yield ""
    yield part["body"][:longest] or "(empty body)"
    if part.get("unread"):
        yield f"[cut here; {part['bytes']} bytes were read{_digest(part)}; the rest was not read]"
    elif part.get("cut") or len(part["body"]) > longest:
        yield f"[cut here; the whole body has {part['bytes']} bytes{_digest(part)}]"
    if "undecodable" in part:
        yield f"[the body is shown as it arrived, because it could not be decoded: {part['undecodable'][:longest]}]"
    if "bytes_behind" in part:
        yield f"[{part['bytes_behind']} more bytes came behind the end of the reply; they were not read]"


def _digest(part: dict[str, Any]) -> str:
    return f", SHA-256 {part['sha256']}" if part.get("sha256") else ""
