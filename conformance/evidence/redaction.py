"""Replaces secrets in texts, and escapes control characters in texts from a target. No other module does this."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from conformance.client import CUT
from conformance.evidence.encodings import ENCODINGS, cores, decoded_texts, other_forms
from conformance.evidence.hidden_runs import compressed_texts, hidden_runs
from conformance.evidence.own_words import SHORTEST, OwnWords
from conformance.evidence.partial_secrets import LEAST, Gate, Parts
from conformance.evidence.secret_sources import passwords_in_address, secrets_in_address, secrets_in_header
from conformance.inputs.tokens import ALTERATIONS

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
    """Knows the secrets of a run, in every form in which they may be sent or repeated.

    It replaces only what is not in the suite's own words, so that it changes none of them.
    """

    own_words: OwnWords = field(default_factory=OwnWords, repr=False)
    shown: dict[str, None] = field(default_factory=dict, init=False)
    """The names of the secrets that are too short or too common to be replaced."""
    options_of_curl: tuple[str, ...] = field(default=(), init=False)
    """What each command that repeats a request needs to reach the target; secrets are expansions of the shell."""
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
    _gate: Gate = field(default_factory=lambda: Gate(()), repr=False)
    _remembered: Callable[[str], str] = field(init=False, repr=False)
    """Redacts a text, with a cache: checks share exchanges, and exchanges share most of their lines."""

    def __post_init__(self) -> None:
        self._compile()

    def add_token(self, name: str, variable: str, token: str) -> None:
        """Add a token, its alterations, its parts and every encoding; ``variable`` is its environment variable."""
        if not token:
            return
        if not self.own_words.can_hide(token):
            self.shown[name] = None
            return
        read = f'printf %s "${variable}"'
        alias = Alias(f"‹{name}›", f"${variable}")
        for alteration in reversed(ALTERATIONS):
            altered = alteration.alter(token)
            if len(altered) >= SHORTEST:
                shell = f"{read} | {alteration.shell.format(middle=len(token) // 2)}"
                self._add_forms(altered, f"‹{alteration.name} {name}›", shell)
        self._add_parts(token, name, Alias(f"‹part of {name}›", alias.shell))
        for core in cores(token):
            self._add(core, alias)
        self._add_forms(token, f"‹{name}›", read)
        self._add(token, alias)
        self._compile()

    def _add_parts(self, secret: str, name: str, part: Alias) -> None:
        """Add what shows a secret that was cut, split, or written in a form that nobody sends."""
        self._parts.append((Parts(secret), part))
        for form, size in dict(other_forms(secret)).items():
            if len(form) >= SHORTEST and not self.own_words.contain(form):
                encoded = Alias(f"‹encoded {name}›", part.shell)
                self._parts.append((Parts(form, min(len(form), int(LEAST * size))), encoded))

    def _add_forms(self, token: str, text: str, shell: str) -> None:
        """Add a token in each encoding; if two encodings are equal, the later one counts."""
        for encoding in ENCODINGS:
            self._add(encoding.encode(token), Alias(text, f"$({shell}{encoding.shell})"))

    def add_address(self, name: str, variable: str, address: str) -> None:
        """Add the passwords and keys in an address or a command. If one of them is also a token, it has the name of the token."""
        for password in passwords_in_address(address):
            if password and not self.own_words.can_hide(unquote(password)):
                self.shown[name] = None
                for form in {password, unquote(password)}:
                    # Where it is the password of an address, it can be nothing else.
                    place = f":{form}@"
                    self._aliases[place] = self._folded[place.lower()] = Alias(
                        f":‹{name}›@", f":${variable}@"
                    )
        self._add_secrets(secrets_in_address(address), name, variable)

    def add_header(self, name: str, variable: str, value: str) -> None:
        """Add the keys and passwords in a header value. If one of them is also a token, it has the name of the token."""
        self._add_secrets(secrets_in_header(value), name, variable)

    def add_value(self, name: str, variable: str, value: str) -> None:
        """Add a whole value that is a secret, such as one from the environment, and the passwords and keys in it."""
        if value and not self.own_words.can_hide(value):
            self.shown[name] = None
        self._add_secrets((value, *secrets_in_address(value)), name, variable)

    def _add_secrets(self, secrets: Iterable[str], name: str, variable: str) -> None:
        alias = Alias(f"‹{name}›", f"${variable}")
        for secret in secrets:
            if not self.own_words.can_hide(secret):
                continue
            if not re.search(r"\s", secret):  # a secret with white space is found by its words
                self._add_parts(secret, name, alias)
            for form in (*cores(secret), *(encoding.encode(secret) for encoding in ENCODINGS)):
                if form not in self._aliases:
                    self._add(form, alias)
        self._compile()

    def text(self, text: str) -> str:
        """Return a text with every secret replaced and control characters escaped."""
        return self._remembered(text)

    def _text(self, text: str) -> str:
        for plain in compressed_texts(text):
            if self._first(plain) is not None:
                digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
                return f"‹withheld: {len(text)} characters with a secret in compressed data, sha256 {digest}›"
        return visible("".join(self._redacted(self._without_cut_secrets(text))))

    def _without_cut_secrets(self, text: str) -> str:
        """Replace the beginning of a secret that stands before a cut."""
        parts = text.split(CUT)
        for index, part in enumerate(parts[:-1]):
            for start in range(max(0, len(part) - self._longest), len(part) - SHORTEST + 1):
                if part[start : start + SHORTEST].lower() in self._openings:
                    piece = part[start:].lower()
                    whole = next((form for form in self._folded if form.startswith(piece)), None)
                    if whole is not None and not self.own_words.contain(piece):
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
        yield from self._decoded(text)
        for start, end, plain in hidden_runs(text):
            alias = self._first(plain)
            if alias is not None:
                yield start, end, alias

    def _decoded(self, text: str) -> Iterator[Span]:
        for placed in decoded_texts(text, lambda decoded: any(True for _ in self._found(decoded))):
            for start, end, alias in self._found(placed.text):
                yield placed.starts[start], placed.ends[end - 1], alias

    def _first(self, text: str) -> Alias | None:
        """Return the replacement of the first secret in a text; None if it has none."""
        return next((alias for _, _, alias in self._found(text)), None)

    def _found(self, text: str) -> Iterator[Span]:
        yield from self._sent(text)
        folded = text.lower()
        if not self._gate.may_have_a_part(folded):
            return
        for parts, alias in self._parts:
            for start, end in parts.spans(text, folded):
                if not self.own_words.contain(text[start:end]):
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
        if len(form) >= SHORTEST and not self.own_words.contain(form):
            self._aliases[form] = self._folded[form.lower()] = alias

    def _compile(self) -> None:
        self._remembered = lru_cache(REMEMBERED)(self._text)
        self._gate = Gate(parts for parts, _ in self._parts)
        forms = sorted(self._aliases, key=len, reverse=True)
        self._openings = frozenset(form[:SHORTEST] for form in self._folded)
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
