"""Secrets are replaced by value, and text that a target sent is made inert: the one place for both."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from conformance.client import UNRESERVED
from conformance.expect import CUT
from conformance.settings import Settings
from conformance.tokens import ALTERATIONS

SHORTEST_PART = 6
"""Characters: less of a token gives nothing away, and stands in ordinary words."""

SHORTEST_KEY = 8
"""Characters of a user's name or a query's value in ``--observer`` that may be a secret."""


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


@dataclass(frozen=True)
class Alias:
    """What stands in a secret's place."""

    text: str
    """In reports, as ``‹token A›``."""
    shell: str
    """In commands: what a POSIX shell expands to the secret."""


@dataclass
class Redactor:
    """Knows a run's secrets in every form that they are sent in."""

    _aliases: dict[str, Alias] = field(default_factory=dict, repr=False)
    _pattern: re.Pattern[str] | None = field(default=None, repr=False)
    _openings: frozenset[str] = field(default=frozenset(), repr=False)
    """The first characters of every form."""
    _folded: dict[str, Alias] = field(default_factory=dict, repr=False)
    """By the forms in lower case."""
    _longest: int = 0

    @classmethod
    def of(cls, settings: Settings) -> "Redactor":
        """Return a redactor of everything secret that a run was told."""
        redactor = cls()
        redactor.add_token("token A", "BEACON_TOKEN", settings.token)
        redactor.add_token("token B", "BEACON_OTHER_TOKEN", settings.other_token)
        redactor.add_token("revoked token", "BEACON_REVOKED_TOKEN", settings.revoked_token)
        if settings.observer:
            parts = urlsplit(settings.observer)
            told = [
                parts.password or "",
                *filter(_could_be_a_key, (parts.username or "", *_values(parts.query))),
            ]
            for secret in told:
                for form in (secret, unquote(secret)):
                    redactor._add(form, Alias("‹observer's secret›", "$BEACON_OBSERVER"))
        for name, value in settings.observer_header_lines:
            if not name.lower().startswith("accept"):
                for secret in filter(_could_be_a_key, (value, *value.split())):
                    redactor._add(secret, Alias("‹observer's secret›", "$BEACON_OBSERVER_HEADERS"))
        redactor._compile()
        return redactor

    def add_token(self, name: str, variable: str, token: str) -> None:
        """Know a token in its plain form and in every form that probes send."""
        if not token:
            return
        read = f'printf %s "${variable}"'
        for alteration in reversed(ALTERATIONS):
            altered = alteration.alter(token)
            if len(altered) >= min(SHORTEST_PART, len(token)):
                shell = f"{read} | {alteration.shell.format(middle=len(token) // 2)}"
                self._add_forms(altered, f"‹{alteration.name} {name}›", shell)
        self._add_forms(token, f"‹{name}›", read)
        self._add(token, Alias(f"‹{name}›", f"${variable}"))
        self._compile()

    def _add_forms(self, token: str, text: str, shell: str) -> None:
        """Know a token in each encoding; in its plain form last, where two are the same."""
        for encoding in ENCODINGS:
            self._add(encoding.encode(token), Alias(text, f"$({shell}{encoding.shell})"))

    def text(self, text: str) -> str:
        """Return a text with every secret replaced, and nothing in it that acts on a terminal or a page's order."""
        return visible(
            "".join(
                piece if isinstance(piece, str) else piece.text for piece in self.pieces(self._mended(text))
            )
        )

    def _mended(self, text: str) -> str:
        """Put a secret's alias in the place of the piece of it that a cut has left."""
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
        """Return a text's plain pieces, and aliases in the place of its secrets."""
        end = 0
        # Looking for plain strings first is what makes a run of hundreds of transcripts fast.
        folded = text.lower()
        if self._pattern is not None and any(form in folded for form in self._folded):
            for found in self._pattern.finditer(text):
                yield text[end : found.start()]
                yield self._aliases.get(found[0]) or self._folded[found[0].lower()]
                end = found.end()
        yield text[end:]

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
        forms = sorted(self._aliases, key=len, reverse=True)
        self._openings = frozenset(form[:SHORTEST_PART] for form in self._folded)
        self._longest = max(map(len, forms), default=0)
        # Of ASCII alone: other letters' lower case need not be what matched.
        self._pattern = (
            re.compile("|".join(map(re.escape, forms)), re.IGNORECASE | re.ASCII) if forms else None
        )


def _could_be_a_key(value: str) -> bool:
    """Whether a value is no ordinary word or number, as in ``limit=5&format=json``."""
    return len(value) >= SHORTEST_KEY


def _values(query: str) -> Iterator[str]:
    for pair in query.split("&"):
        value = pair.partition("=")[2]
        if value and "{" not in value:
            yield value


def visible(text: str) -> str:
    """Return a text whose control, format and surrogate characters are escapes; line ends and tabs stay."""
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character in "\n\t"
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
