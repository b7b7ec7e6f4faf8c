"""Finds the secrets in an address, a command or a header that the user gave."""

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus, urlsplit

SHORTEST_KEY = 8
"""Characters of a user name, a query value or a header's word that may be a secret."""


def _could_be_a_key(value: str) -> bool:
    """Whether a value is too long for an ordinary word or number, as in ``limit=5&format=json``."""
    return len(value) >= SHORTEST_KEY


def secrets_in_address(address: str) -> Iterator[str]:
    """Yield the passwords in an address or a command, and the names and query values that could be keys."""
    secrets = [password for _, password in _users(address)]
    secrets += filter(_could_be_a_key, (name for name, _ in _users(address)))
    secrets += filter(_could_be_a_key, _values(urlsplit(address).query))
    for secret in secrets:
        yield from {secret, unquote(secret), unquote_plus(secret)}


def passwords_in_address(address: str) -> Iterator[str]:
    """Yield the passwords in an address or a command, as they stand there."""
    yield from (password for _, password in _users(address))


def _users(address: str) -> list[tuple[str, str]]:
    """Return the user names and passwords in an address; a command may have several."""
    found = re.findall(r"://([^\s/?#@]*)@", address)
    return [(name, password) for name, _, password in (user.partition(":") for user in found)]


def secrets_in_header(value: str) -> Iterator[str]:
    """Yield the words of a header's value that could be keys, and the password of a Basic one."""
    yield from filter(_could_be_a_key, {value, *value.split(), *re.split(r"[\s,;=]+", value)})
    scheme, _, credentials = value.partition(" ")
    if scheme.lower() == "basic":
        try:
            _, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return
        yield password


def _values(query: str) -> Iterator[str]:
    for pair in query.split("&"):
        value = pair.partition("=")[2]
        if value and "{" not in value:
            yield value
