"""Replaces secrets in texts, and escapes control characters in texts from a target. No other module does this."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from conformance.client import CUT
from conformance.evidence.encodings import ENCODINGS, cores, decoded_texts
from conformance.evidence.partial_secrets import Parts
from conformance.evidence.secret_sources import secrets_in_address, secrets_in_header
from conformance.inputs.tokens import ALTERATIONS

SHORTEST_PART = 6
"""Characters: a shorter part of a token reveals nothing, and ordinary words contain it."""

REMEMBERED = 2048
"""Texts whose redaction is cached."""


@dataclass(frozen=True)
class Alias:
    """The replacement of a secret."""

    text: str
    """The replacement in reports, such as ``‹token A›``."""
    shell: str
    """The replacement in commands: a POSIX shell expands it to the secret."""


Span = tuple[int, int, Alias]
"""Start and end of a secret in a text, and its replacement."""


@dataclass
class Redactor:
    """Knows the secrets of a run, in every form in which they may be sent or repeated."""

    _aliases: dict[str, Alias] = field(default_factory=dict, repr=False)
    _pattern: re.Pattern[str] | None = field(default=None, repr=False)
    _openings: frozenset[str] = field(default=frozenset(), repr=False)
    """The first characters of each form."""
    _folded: dict[str, Alias] = field(default_factory=dict, repr=False)
    """Replacements by form in lower case."""
    _shortest_forms: tuple[str, ...] = field(default=(), repr=False)
    """The forms that do not contain another form. A text without any of them contains no form."""
    _longest: int = 0
    _parts: list[tuple[Parts, Alias]] = field(default_factory=list, repr=False)
    _remembered: Callable[[str], str] = field(init=False, repr=False)
    """Redacts a text, with a cache: checks share exchanges, and exchanges share most of their lines."""

    def __post_init__(self) -> None:
        self._compile()

    def add_token(self, name: str, variable: str, token: str) -> None:
        """Add a token, its alterations, its parts and every encoding; ``variable`` is its environment variable."""
        if not token:
            return
        read = f'printf %s "${variable}"'
        for alteration in reversed(ALTERATIONS):
            altered = alteration.alter(token)
            if len(altered) >= min(SHORTEST_PART, len(token)):
                shell = f"{read} | {alteration.shell.format(middle=len(token) // 2)}"
                self._add_forms(altered, f"‹{alteration.name} {name}›", shell)
        self._parts.append((Parts(token), Alias(f"‹part of {name}›", f"${variable}")))
        for core in cores(token):
            self._add(core, Alias(f"‹{name}›", f"${variable}"))
        self._add_forms(token, f"‹{name}›", read)
        self._add(token, Alias(f"‹{name}›", f"${variable}"))
        self._compile()

    def _add_forms(self, token: str, text: str, shell: str) -> None:
        """Add a token in each encoding; if two encodings are equal, the later one counts."""
        for encoding in ENCODINGS:
            self._add(encoding.encode(token), Alias(text, f"$({shell}{encoding.shell})"))

    def add_address(self, name: str, variable: str, address: str) -> None:
        """Add the passwords and keys in an address or a command. If one of them is also a token, it has the name of the token."""
        self._add_secrets(secrets_in_address(address), name, variable)

    def add_header(self, name: str, variable: str, value: str) -> None:
        """Add the keys and passwords in a header value. If one of them is also a token, it has the name of the token."""
        self._add_secrets(secrets_in_header(value), name, variable)

    def _add_secrets(self, secrets: Iterable[str], name: str, variable: str) -> None:
        alias = Alias(f"‹{name}›", f"${variable}")
        for secret in secrets:
            if not re.search(r"\s", secret):  # a secret with white space is found by its words
                self._parts.append((Parts(secret), alias))
            for form in (*cores(secret), *(encoding.encode(secret) for encoding in ENCODINGS)):
                if form not in self._aliases:
                    self._add(form, alias)
        self._compile()

    def text(self, text: str) -> str:
        """Return a text with every secret replaced and control characters escaped."""
        return self._remembered(text)

    def _text(self, text: str) -> str:
        return visible("".join(self._redacted(self._without_cut_secrets(text))))

    def _without_cut_secrets(self, text: str) -> str:
        """Replace the beginning of a secret that stands before a cut."""
        parts = text.split(CUT)
        for index, part in enumerate(parts[:-1]):
            for start in range(max(0, len(part) - self._longest), len(part) - SHORTEST_PART + 1):
                if part[start : start + SHORTEST_PART].lower() in self._openings:
                    piece = part[start:].lower()
                    whole = next((form for form in self._folded if form.startswith(piece)), None)
                    if whole is not None:
                        parts[index] = part[:start] + self._folded[whole].text
                        break
        return CUT.join(parts)

    def pieces(self, text: str) -> Iterator[str | Alias]:
        """Return the pieces of a text, with aliases for secrets. Only forms in which a secret is sent are replaced."""
        return _pieces(text, self._sent(text))

    def _redacted(self, text: str) -> Iterator[str]:
        """Yield the pieces of a text with replacements for secrets in any form, whole or in part."""
        for piece in _pieces(text, self._found(text)):
            if not isinstance(piece, str):
                yield piece.text
            else:
                # Decoding is slow, so only what is left is decoded.
                for part in _pieces(piece, self._hidden(piece)):
                    yield part if isinstance(part, str) else part.text

    def _hidden(self, text: str) -> Iterator[Span]:
        for placed in decoded_texts(text, lambda decoded: any(True for _ in self._found(decoded))):
            for start, end, alias in self._found(placed.text):
                yield placed.starts[start], placed.ends[end - 1], alias

    def _found(self, text: str) -> Iterator[Span]:
        yield from self._sent(text)
        folded = text.lower()
        for parts, alias in self._parts:
            for start, end in parts.spans(text, folded):
                yield start, end, alias

    def _sent(self, text: str) -> Iterator[Span]:
        # A search for strings first makes the redaction of hundreds of transcripts fast.
        folded = text.lower()
        if self._pattern is not None and any(form in folded for form in self._shortest_forms):
            for found in self._pattern.finditer(text):
                alias = self._aliases.get(found[0]) or self._folded[found[0].lower()]
                yield found.start(), found.end(), alias

    def value(self, value: Any) -> Any:
        """Return a JSON value with every text in it redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value

    def _add(self, form: str, alias: Alias) -> None:
        if form:
            self._aliases[form] = self._folded[form.lower()] = alias

    def _compile(self) -> None:
        self._remembered = lru_cache(REMEMBERED)(self._text)
        forms = sorted(self._aliases, key=len, reverse=True)
        self._openings = frozenset(form[:SHORTEST_PART] for form in self._folded)
        self._longest = max(map(len, forms), default=0)
        self._shortest_forms = tuple(_shortest(self._folded))
        # ASCII only: the lower case of another letter could differ from what matched.
        self._pattern = (
            re.compile("|".join(map(re.escape, forms)), re.IGNORECASE | re.ASCII) if forms else None
        )


def _shortest(forms: Iterable[str]) -> list[str]:
    """Return the forms that do not contain another form."""
    least: list[str] = []
    for form in sorted(forms, key=len):
        if not any(other in form for other in least):
            least.append(form)
    return least


def _pieces(text: str, spans: Iterable[Span]) -> Iterator[str | Alias]:
    end = 0
    # If spans have the same start, the longest is used; if spans are equal, the first.
    for start, stop, alias in sorted(spans, key=lambda span: (span[0], -span[1])):
        if stop > end:
            yield text[end : max(start, end)]
            yield alias
            end = stop
    yield text[end:]


def visible(text: str) -> str:
    """Return a text with control, format and surrogate characters as escapes; line ends and tabs stay."""
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character in "\n\t"
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
