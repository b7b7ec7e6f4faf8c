"""Replaces tokens by pseudonyms of the same form, in every encoding, so that a recording has no token and can still be judged."""

import re
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from conformance.client import clock
from conformance.evidence.encodings import ENCODINGS, cores, other_forms
from conformance.evidence.own_words import SHORTEST
from conformance.evidence.partial_secrets import LEAST, Parts
from conformance.evidence.redaction import Redactor, visible
from conformance.inputs.tokens import ALTERATIONS

ALPHABETS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
MOST_TRIES = 1000


class Unhidden(ValueError):
    """A token cannot be kept out of a recording; the text says why, without the token."""


def pseudonym_of(token: str, can_hide: Callable[[str], bool]) -> str:
    """Return a random text with the form of a token: letters for letters, digits for digits, the rest as it is.

    Raises Unhidden for a token that is too short, too common or has too few letters.
    """
    if can_hide(token):
        windows = {token[place : place + SHORTEST].lower() for place in range(len(token) - SHORTEST + 1)}
        for _ in range(MOST_TRIES):
            found = "".join(map(_another, token))
            is_alike = all(
                (len(one.alter(token)) >= SHORTEST)
                and (one.alter(token) == token) == (one.alter(found) == found)
                and can_hide(one.alter(token)) == can_hide(one.alter(found))
                for one in ALTERATIONS
            )
            if is_alike and can_hide(found) and not any(window in found.lower() for window in windows):
                return found
    raise Unhidden(
        "a token is too short or too common to be kept out of a recording; use one with at least"
        f" {2 * SHORTEST} random letters and digits"
    )


def _another(character: str) -> str:
    for alphabet in ALPHABETS:
        if character in alphabet:
            return alphabet[int(clock.token_hex(4), 16) % len(alphabet)]
    return character


def _forms(token: str) -> Iterator[str]:
    """Yield the forms of a token, those of its alterations first; two tokens of the same form have as many."""
    for alteration in ALTERATIONS:
        yield from (encoding.encode(alteration.alter(token)) for encoding in ENCODINGS)
    yield from cores(token)
    yield from (form for form, _ in other_forms(token))
    yield from (encoding.encode(token) for encoding in ENCODINGS)


@dataclass
class Pseudonyms:
    """Puts pseudonyms in the place of tokens."""

    redactor: Redactor = field(repr=False)
    """Knows all secrets of the run."""
    by_token: Mapping[str, str] = field(repr=False)
    _forms: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    """By form in lower case: the same form of the pseudonym."""
    _parts: list[tuple[Parts, str]] = field(default_factory=list, init=False, repr=False)
    _pattern: re.Pattern[str] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        for token, other in self.by_token.items():
            pairs = zip(_forms(token), _forms(other), strict=True)
            self._forms |= {form.lower(): same for form, same in pairs if len(form) >= SHORTEST}
            self._parts.append((Parts(token), other))
            for (form, size), (same, _) in zip(other_forms(token), other_forms(other), strict=True):
                self._parts.append((Parts(form, min(len(form), int(LEAST * size))), same))
        forms = sorted(self._forms, key=len, reverse=True)
        if forms:
            self._pattern = re.compile("|".join(map(re.escape, forms)), re.IGNORECASE | re.ASCII)

    def text(self, text: str) -> str:
        """Return a text without tokens. Raises Unhidden if a secret is in it in a form that has no pseudonym."""
        if self._pattern is not None:
            text = self._pattern.sub(self._form, text)
        if self.redactor.text(text) == visible(text):
            return text
        for parts, other in self._parts:
            text = _without_parts(text, parts, other)
        if self.redactor.text(text) != visible(text):
            raise Unhidden(
                "the target or its read-back shows a secret in a form that a recording cannot hide"
            )
        return text

    def _form(self, found: re.Match[str]) -> str:
        same = self._forms[found[0].lower()]
        if found[0].islower():
            return same.lower()
        return same.upper() if found[0].isupper() else same


def _without_parts(text: str, parts: Parts, other: str) -> str:
    """Return a text in which the same part of another text stands for each part of a secret."""
    pieces, end = [], 0
    for start, stop in parts.spans(text, text.lower()):
        place = parts.secret.lower().find(text[start:stop].lower())
        pieces += [text[end:start], other[place : place + stop - start]]
        end = stop
    return "".join([*pieces, text[end:]])
