"""The forms in which a secret travels or is repeated, and a text with what hides them taken away."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from conformance.client import UNRESERVED
from conformance.inputs.tokens import ALTERATIONS

LEAST_CORE = 8
"""Characters of base64 that tell a secret from an ordinary word."""
GAPS = r"(?:\s|\\[rnt])+"
"""What stands between two characters of a secret that was split: a line end, as it is, folded, or as JSON writes it."""
KINDS = {
    "%": r"%[0-9a-f]{2}",  # a URL's
    "\\": r"""\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[/"'\\&<>$`]""",  # JSON's, Python's, a shell's
    "&": r"&\#x?[0-9a-f]{1,6};|&[a-z]{2,6};",  # HTML's
}
"""What stands for one character of a secret, by how it begins. A secret may itself have one of these in it, so each is
tried alone too."""
GAP = re.compile(GAPS)
ALONE = {begins: re.compile(f"{kind}|{GAPS}", re.IGNORECASE) for begins, kind in KINDS.items()}
TOGETHER = re.compile("|".join((*KINDS.values(), GAPS)), re.IGNORECASE)


@dataclass(frozen=True)
class Encoding:
    """A form in which a token is sent or shown."""

    encode: Callable[[str], str]
    shell: str
    """What a POSIX shell pipes the token through."""


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
"""Every one that probes send; the last is the plain one."""


def cores(secret: str) -> Iterator[str]:
    """Yield what base64 makes of a secret inside of a longer text, by where it begins: what is the same whatever stands around."""
    raw = secret.encode()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw).decode()
        core = encoded[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
        if len(core) >= LEAST_CORE:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))


@dataclass(frozen=True)
class DecodedText:
    """A text as it reads once it is decoded, and where each of its characters stands in the first one."""

    text: str
    starts: list[int]
    ends: list[int]


def decoded_texts(text: str, tells: Callable[[str], bool]) -> Iterator[DecodedText]:
    """Yield a text decoded in every way, and in all of them twice, as JSON in JSON is; of these, what ``tells`` something."""
    tried = {text}
    for ways in _ways(text):
        decoded = text
        for hiding in ways:
            # No call for each space of a text: a gap means nothing.
            decoded = hiding.sub("" if hiding is GAP else _meant, decoded)
        if decoded not in tried and tells(decoded):
            placed = _plain(text)
            for hiding in ways:
                placed = _decoded(placed, hiding)
            yield placed
        tried.add(decoded)


def _ways(text: str) -> Iterator[tuple[re.Pattern[str], ...]]:
    """Yield the ways in which a text can be decoded: a kind of which it has no beginning would leave it as another way does."""
    begun = [begins for begins in KINDS if begins in text]
    yield (GAP,)
    yield from ((ALONE[begins],) for begins in begun)
    if begun:
        yield (TOGETHER,)
        yield (TOGETHER, TOGETHER)


def _plain(text: str) -> DecodedText:
    return DecodedText(text, list(range(len(text))), list(range(1, len(text) + 1)))


def _decoded(decoded: DecodedText, hiding: re.Pattern[str]) -> DecodedText:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    end = 0
    for found in hiding.finditer(decoded.text):
        meant = _meant(found)
        parts += decoded.text[end : found.start()], meant
        starts += decoded.starts[end : found.start()] + [decoded.starts[found.start()]] * len(meant)
        ends += decoded.ends[end : found.start()] + [decoded.ends[found.end() - 1]] * len(meant)
        end = found.end()
    return DecodedText(
        "".join([*parts, decoded.text[end:]]), starts + decoded.starts[end:], ends + decoded.ends[end:]
    )


def _meant(hiding: re.Match[str]) -> str:
    """Return the character that is meant; none for a gap."""
    text = hiding[0]
    if text[0] == "&":
        return html.unescape(text)
    if text[0] == "%" or text[:2].lower() in {"\\u", "\\x"}:
        return chr(int.from_bytes(bytes.fromhex(text.lstrip("%\\uUxX"))))
    return text[1] if text[0] == "\\" and text[1] not in "rnt" else ""
