"""The encodings in which a secret may be sent or repeated, and their decoding."""

import base64
import codecs
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from conformance.client import UNRESERVED
from conformance.inputs.tokens import ALTERATIONS

LEAST_CORE = 8
"""Characters of base64: a shorter part could be an ordinary word."""
GAPS = r"(?:[\s\0]|\\[rnt])+"
"""What may stand between the characters of a secret: white space, its escapes as in JSON, and the NUL bytes of UTF-16."""
KINDS = {
    "%": r"%[0-9a-f]{2}",  # a URL's
    "\\": r"""\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[0-3][0-7]{2}|\\[/"'\\&<>$`]""",  # JSON's, Python's, C's, a shell's
    "&": r"&\#x[0-9a-f]{1,8};?|&\#[0-9]{1,8};?|&[a-z]{2,6};",  # HTML's
    "=": r"=[0-9a-f]{2}|=(?:\\r)?\\n|=\r?\n",  # mail's
}
"""Escapes that stand for one character of a secret, by their first character. The secret itself may contain
an escape, so each kind is also decoded alone."""
GAP = re.compile(GAPS)
ALONE = {begins: re.compile(f"{kind}|{GAPS}", re.IGNORECASE) for begins, kind in KINDS.items()}
MIXED = {begins: kind for begins, kind in KINDS.items() if begins != "="}
"""The kinds that are also decoded together. ``=`` stands before the value of a parameter, and would change it."""
TOGETHER = re.compile("|".join((*MIXED.values(), GAPS)), re.IGNORECASE)


@dataclass(frozen=True)
class Encoding:
    """An encoding in which a token may be sent or repeated."""

    encode: Callable[[str], str]
    shell: str
    """The commands that a POSIX shell pipes the token through."""


_PERCENT = f" | tr -d '\\n' | {ALTERATIONS[-1].shell}"
ENCODINGS = (
    Encoding(
        lambda token: base64.b64encode(token.encode()).decode().rstrip("="),
        " | tr -d '\\n' | base64 | tr -d '=\\n'",
    ),
    Encoding(lambda token: quote(token, safe=""), _PERCENT),
    Encoding(lambda token: quote(token, safe=UNRESERVED), _PERCENT),
    Encoding(lambda token: json.dumps(token)[1:-1], r""" | sed 's/["\\]/\\&/g'"""),
    Encoding(lambda token: token, ""),
)
"""Every encoding that checks send; the last one is the token itself."""


def cores(secret: str) -> Iterator[str]:
    """Yield the parts of the base64 of a longer text that depend on the secret alone, for each of the three alignments."""
    raw = secret.encode()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw).decode()
        core = encoded[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
        if len(core) >= LEAST_CORE:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))


def other_forms(secret: str) -> Iterator[tuple[str, float]]:
    """Yield the forms of a secret that one step reverses, and their characters for one of the secret.

    base32 and base64 without the characters that also depend on a longer text around the secret.
    """
    raw = secret.encode()
    yield raw.hex(), 2
    yield secret[::-1], 1
    yield codecs.encode(secret, "rot13"), 1
    for core in cores(secret):
        yield core, 4 / 3
    for before in range(5):
        for encode in (base64.b32encode, base64.b32hexencode):
            encoded = encode(b"\0" * before + raw).decode()
            yield encoded[-(-8 * before // 5) : 8 * (before + len(raw)) // 5], 8 / 5


@dataclass(frozen=True)
class DecodedText:
    """A decoded text, and the place of each of its characters in the original text."""

    text: str
    starts: list[int]
    ends: list[int]


def decoded_texts(text: str, is_wanted: Callable[[str], bool]) -> Iterator[DecodedText]:
    """Decode each kind of escape alone, all kinds, and all kinds twice; yield the texts for which ``is_wanted`` is true."""
    tried = {text}
    for ways in _ways(text):
        decoded = text
        for escape in ways:
            # For white space an empty text is much faster than a call of a function.
            decoded = escape.sub("" if escape is GAP else _character, decoded)
        if decoded not in tried and is_wanted(decoded):
            placed = _undecoded(text)
            for escape in ways:
                placed = _decoded(placed, escape)
            yield placed
        tried.add(decoded)


def _ways(text: str) -> Iterator[tuple[re.Pattern[str], ...]]:
    """Yield the ways to decode a text, without kinds of escape that it cannot contain."""
    begun = [begins for begins in KINDS if begins in text]
    yield (GAP,)
    yield from ((ALONE[begins],) for begins in begun)
    if MIXED.keys() & begun:
        yield (TOGETHER,)
        yield (TOGETHER, TOGETHER)


def _undecoded(text: str) -> DecodedText:
    return DecodedText(text, list(range(len(text))), list(range(1, len(text) + 1)))


def _decoded(decoded: DecodedText, escape: re.Pattern[str]) -> DecodedText:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    end = 0
    for found in escape.finditer(decoded.text):
        character = _character(found)
        parts += decoded.text[end : found.start()], character
        starts += decoded.starts[end : found.start()] + [decoded.starts[found.start()]] * len(character)
        ends += decoded.ends[end : found.start()] + [decoded.ends[found.end() - 1]] * len(character)
        end = found.end()
    return DecodedText(
        "".join([*parts, decoded.text[end:]]), starts + decoded.starts[end:], ends + decoded.ends[end:]
    )


def _character(escape: re.Match[str]) -> str:
    """Return the character that an escape stands for; empty for a gap."""
    text = escape[0]
    if text[0] == "&":
        return html.unescape(text)
    if text[0] in "%=" or text[:2].lower() in {"\\u", "\\x"}:
        return chr(int(digits, 16)) if (digits := text.lstrip("%=\\uUxXrn\r\n")) else ""
    if text[0] == "\\" and text[1].isdigit():
        return chr(int(text[1:], 8))
    return text[1] if text[0] == "\\" and text[1] not in "rnt" else ""
