"""The options that judged, as a report may show them: without secrets."""

from conformance.settings.model import Settings
from conformance.settings.options import OPTIONS

SHOWN = frozenset(
    {
        *("origin", "other-origin", "other-store-origin"),
        *("require", "set", "seed", "effort"),
        *("max-requests", "max-rate", "connections", "wait", "timeout", "patience", "settle"),
    }
)
"""The options whose values a report shows. Of every other option it only says that it was given."""
ELSEWHERE = frozenset({"target", "implementation", "report-dir"})
"""Options that a report shows in another place, or that do not concern it."""
GIVEN = "given"


def shown_options(settings: Settings) -> dict[str, str]:
    """Return the options that differ from their defaults by name: values, or only ``given`` if a value may be secret.

    The classes that are required are always among them.
    """
    usual = {option.name: getattr(Settings, option.field, None) for option in OPTIONS}
    shown: dict[str, str] = {}
    for option in OPTIONS:
        value = getattr(settings, option.field)
        if option.name in ELSEWHERE or (value == usual[option.name] and option.name != "require"):
            continue
        shown[option.name] = _text(value) if option.name in SHOWN else _without_secret(option.name, value)
    return shown


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _without_secret(name: str, value: object) -> str:
    """Return the kind of an observer, or that a browser is looked for; of any other option only that it was given."""
    if name == "observer":
        return f"{str(value).partition(':')[0]}:…"
    return "auto" if name == "browser" and value == "auto" else GIVEN
