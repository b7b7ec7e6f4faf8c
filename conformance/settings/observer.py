"""The kinds of observer. Each has a module in ``ingestion/observers/``, which checks its addresses."""

import re

from conformance.settings.errors import ConfigurationError

USUAL_FORM = "https://host/path?token={token}&since={since}"
OTHER_FORMS = "sink://, file://, exec:, sql+…"
OBSERVERS = {
    "http": "http",
    "https": "http",
    "sink": "sink",
    "file": "file",
    "exec": "exec",
    "sql+": "sql",
}
"""The module of each kind, by the scheme that its addresses begin with; a ``+`` may be followed by more."""


def module_of(address: str) -> str:
    """Return the name of the module that reads an observer's address.

    Raises ConfigurationError, whose text does not repeat the address: all of it may be secret.
    """
    scheme = address.partition(":")[0]
    if scheme == address or not re.fullmatch(r"(sql\+)?[A-Za-z][A-Za-z0-9+.-]{0,19}", scheme):
        raise unusable("is not a URL")
    for kind, module in OBSERVERS.items():
        if scheme == kind or (kind.endswith("+") and scheme.startswith(kind)):
            return module
    raise unusable(f"there is no kind of observer called {scheme!r}")


def unusable(why: str, form: str = "") -> ConfigurationError:
    """Return the error for an address that cannot be used; ``form`` is the right form for its kind."""
    return ConfigurationError(f"--observer: {why}; write {form or f'{USUAL_FORM} (or {OTHER_FORMS})'}")
