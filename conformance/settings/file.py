"""A configuration file: the names of the options in TOML, named targets, and secrets from the environment."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.settings.errors import ConfigurationError
from conformance.settings.options import CONFIGURABLE, YES_OR_NO

TARGETS = "targets"
"""The table of named targets: ``[targets.NAME]``."""
LONGEST_FILE = 1 << 20
"""Bytes of a configuration file."""
VARIABLE = re.compile(r"\$\{([^{}]*)\}")
SECRET_KEYS = ("token", "other-token", "revoked-token", "observer", "observer-headers", "headers", "browser")
"""The keys in which ``${NAME}`` may stand: no report shows their values."""
JOINED_BY = {"observer-headers": "\n", "headers": "\n"}
"""The separator between the elements of a list, if it is not a comma."""
KEYS = frozenset(option.name for option in CONFIGURABLE)


@dataclass(frozen=True)
class ConfigFile:
    """The content of a file, and the line of each key. The keys above its targets apply to every target."""

    path: Path
    text: str
    content: Mapping[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        """The named targets, in the file's order."""
        return tuple(self.content.get(TARGETS, ()))

    def values(self, environment: Mapping[str, str], name: str = "") -> dict[str, str]:
        """Return the values by key for a named target, or for the only one.

        In a secret key ``${NAME}`` stands for an environment variable; in an ``exec:`` observer the command's shell reads
        it. Raises ConfigurationError, which names file, line and key.
        """
        values: dict[str, str] = {}
        for table, key in self._keys(name):
            value = self._text(table, key)
            values[key] = value if value.startswith("exec:") else self._filled(value, table, key, environment)
        return values

    def written(self, key: str, name: str) -> str:
        """Return the value of a key for a named target as it is written; empty without one. Raises ConfigurationError."""
        texts = {one: self._text(table, one) for table, one in self._keys(name)}
        return texts.get(key, "").strip()

    def variables(self, name: str = "") -> frozenset[str]:
        """Return the names of the environment variables in the values for a target."""
        return frozenset(
            variable
            for table, key in self._keys(name)
            for variable in VARIABLE.findall(self._text(table, key))
        )

    def own(self, name: str) -> frozenset[str]:
        """Return the keys in a target's own table."""
        return frozenset(self.content[TARGETS][name])

    def place(self, key: str, name: str = "") -> str:
        """Return the place of a key, such as ``--config F, line 3``."""
        table: tuple[str, ...] = (TARGETS, name) if name and key in self.own(name) else ()
        return self._at(table, key)

    def _keys(self, name: str) -> Iterator[tuple[tuple[str, ...], str]]:
        for key in self.content:
            if key != TARGETS:
                yield (), key
        for key in self.content[TARGETS][name] if name else ():
            yield (TARGETS, name), key

    def _text(self, table: tuple[str, ...], key: str) -> str:
        """Return a value as the text that an option would have."""
        where = self._at(table, key)
        if key not in KEYS:
            close = difflib.get_close_matches(key, KEYS, n=1)
            suggestion = f"did you mean {close[0]}? " if close else ""
            raise ConfigurationError(
                f"{where}: unknown key {key}; {suggestion}the keys are {', '.join(sorted(KEYS))}"
            )
        value = self._table(table)[key]
        values = value if isinstance(value, list) else [value]
        if key in YES_OR_NO:
            if not isinstance(value, bool):
                raise ConfigurationError(f"{where}: {key} must be true or false")
            return str(value).lower()
        for one in values:
            if not isinstance(one, str | int | float) or isinstance(one, bool):
                raise ConfigurationError(f"{where}: {key} must be a text or a number")
        return JOINED_BY.get(key, ",").join(map(str, values))

    def _table(self, table: tuple[str, ...]) -> Mapping[str, Any]:
        content = self.content
        for part in table:
            content = content[part]
        return content

    def _filled(self, value: str, table: tuple[str, ...], key: str, environment: Mapping[str, str]) -> str:
        if key not in SECRET_KEYS and VARIABLE.search(value):
            raise ConfigurationError(
                f"{self._at(table, key)}: {key} must not be read from the environment here, because reports show it;"
                f" write its value, or set BEACON_{key.replace('-', '_').upper()} ({'${NAME}'} may stand in {', '.join(SECRET_KEYS)})"
            )

        def read(found: re.Match[str]) -> str:
            if found[1] not in environment:
                raise ConfigurationError(
                    f"{self._at(table, key)}: {key} needs the environment variable {found[1]}, which is not set"
                )
            return environment[found[1]]

        return VARIABLE.sub(read, value)

    def _at(self, table: tuple[str, ...], key: str) -> str:
        number = _line_of(self.text, table, key)
        return f"--config {self.path}" + (f", line {number}" if number else "")


def read_file(path: Path) -> ConfigFile:
    """Read a configuration file. Raises ConfigurationError if it is not valid or a target's name cannot be used."""
    try:
        with path.open("rb") as opened:
            content = opened.read(LONGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        why = getattr(error, "strerror", error)
        raise ConfigurationError(f"--config {path}: cannot be read ({why})") from None
    if len(content) > LONGEST_FILE:
        raise ConfigurationError(
            f"--config {path}: has more than {LONGEST_FILE} bytes; it cannot be a configuration"
        )
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
        file = ConfigFile(path, text, tomllib.loads(text))
    except RecursionError:
        raise ConfigurationError(f"--config {path}: has too many brackets within each other") from None
    except ValueError as error:  # also a number of too many digits, and text that is not UTF-8
        raise ConfigurationError(f"--config {path}: is not valid TOML ({error})") from None
    targets = file.content.get(TARGETS, {})
    if not isinstance(targets, dict):
        raise ConfigurationError(f"{file.place(TARGETS)}: targets must be a table; write [targets.NAME]")
    for name, table in targets.items():
        where = file._at((TARGETS,), name)  # noqa: SLF001 - our own
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            raise ConfigurationError(
                f"{where}: {name!r} cannot name a folder; write a target's name with letters, digits, - and _"
            )
        if not isinstance(table, dict):
            raise ConfigurationError(f"{where}: {name} must be a table; write [targets.{name}]")
    return file


def _line_of(text: str, table: tuple[str, ...], key: str) -> int | None:
    """Return the line of a key, or of the table with that name; None if no line has its usual form."""
    current: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[([^\[\]]+)\]", line)
        if header is not None:
            current = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            if current[: len(table) + 1] == (*table, key):
                return number
        elif current == table and re.match(rf"\s*([\"']?){re.escape(key)}\1\s*[=.]", line):
            return number
    return None
