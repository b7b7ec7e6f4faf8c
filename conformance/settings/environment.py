"""Environment variables that no option reads, and a configuration file that nobody named."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from conformance.settings.errors import ConfigurationError
from conformance.settings.options import CONFIGURABLE, EVERY_OPTION

PREFIX = "BEACON_"
VARIABLES = frozenset(option.variable for option in CONFIGURABLE)
OTHERS = frozenset({"BEACON_CONFORMANCE"})
"""Variables of the documented CI files, which are no options."""
CLOSE = 0.8
"""How similar a name must be to that of an option to be taken for a mistyped one, from 0 to 1."""
USUAL_FILE = "beacon.toml"


def values(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the options that the environment sets, by name. An empty variable is as if it were not set.

    An empty BEACON_TARGET is returned: a run must not judge the bundled reference because a CI variable is missing.
    """
    given = {option.name: environment.get(option.variable, "") for option in CONFIGURABLE}
    found = {name: value for name, value in given.items() if value.strip()}
    if "BEACON_TARGET" in environment:
        found["target"] = environment["BEACON_TARGET"]
    return found


def check_variables(environment: Mapping[str, str], used: Collection[str]) -> None:
    """Raise ConfigurationError for a variable that looks like a mistyped option. ``used`` are those that a file or command reads."""
    for name in _unknown(environment, used):
        if close := _close(name):
            raise ConfigurationError(f"{name}: no option reads this variable; did you mean {close}?")


def notes(environment: Mapping[str, str], used: Collection[str], config: str | None) -> Iterator[str]:
    """Yield a sentence about each variable that no option reads, and about a configuration file that is not used."""
    for name in _unknown(environment, used):
        yield f"{name} is set, but no option reads it"
    if config is None and Path(USUAL_FILE).is_file():
        yield f"{USUAL_FILE} in this folder is not used; to use it, pass --config {USUAL_FILE}"


def _unknown(environment: Mapping[str, str], used: Collection[str]) -> list[str]:
    known = VARIABLES | OTHERS | set(used)
    return [name for name in sorted(environment) if name.startswith(PREFIX) and name not in known]


def _close(name: str) -> str:
    """Return the variable or the option that a name was probably meant to be; empty if none is similar."""
    rest = name.removeprefix(PREFIX)
    known = {option.variable.removeprefix(PREFIX): option for option in EVERY_OPTION}
    found = difflib.get_close_matches(rest, known, n=1, cutoff=CLOSE)
    if not found:
        return ""
    option = known[found[0]]
    return option.variable if option.variable in VARIABLES else f"the option {option.flag}"
