"""The redactor of a run: what is secret in its settings."""

from conformance.evidence import OwnWords, Redactor
from conformance.inputs import openapi
from conformance.requirements import ALL
from conformance.settings import Settings


def redactor_of(settings: Settings) -> Redactor:
    """Return a redactor of every secret in the settings of a run."""
    shown_anyway = (settings.target, settings.origin, settings.other_origin, settings.other_store_origin)
    redactor = Redactor(OwnWords((*shown_anyway, *(requirement.id for requirement in ALL), openapi.text())))
    redactor.add_token("token A", "BEACON_TOKEN", settings.token)
    redactor.add_token("token B", "BEACON_OTHER_TOKEN", settings.other_token)
    redactor.add_token("revoked token", "BEACON_REVOKED_TOKEN", settings.revoked_token)
    redactor.add_address("observer's secret", "BEACON_OBSERVER", settings.observer)
    redactor.add_address("browser's secret", "BEACON_BROWSER", settings.browser)
    for name, value in settings.from_environment:
        redactor.add_value("value from the environment", name, value)
    for name, value in settings.observer_header_lines:
        if not name.lower().startswith("accept"):
            redactor.add_header("observer's secret", "BEACON_OBSERVER_HEADERS", value)
    for name, value in settings.header_lines:
        redactor.add_value(f"value of {name}", "BEACON_HEADERS", value)
        redactor.add_header(f"value of {name}", "BEACON_HEADERS", value)
    redactor.options_of_curl = _options_of_curl(settings)
    return redactor


def _options_of_curl(settings: Settings) -> tuple[str, ...]:
    """Return the options that a command needs to reach the target; they read their values from the environment."""
    given = (
        (settings.ca_file, '--cacert "$BEACON_CA_FILE"'),
        (settings.client_cert, '--cert "$BEACON_CLIENT_CERT"'),
        (settings.connect_to, '--connect-to "::$BEACON_CONNECT_TO"'),
    )
    lines = (
        f"-H \"{name}: $(printf '%s\\n' \"$BEACON_HEADERS\" | sed -n 's/^ *{name} *: *//p')\""
        for name, _ in settings.header_lines
    )
    return (*(option for value, option in given if value), *lines)
