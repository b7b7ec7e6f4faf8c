"""The name and version of the implementation, as the user of a run writes them."""

from conformance.settings.errors import ConfigurationError

LONGEST = 200
"""Characters: it stands on the first screen of every report."""


def check_implementation(text: str) -> None:
    """Raise ConfigurationError if a text cannot be the name and version of an implementation."""
    if not text.isprintable():
        raise ConfigurationError(
            "--implementation: has a line break or a control character; write name and version in one line, such as edge-beacon 2.4.1"
        )
    if len(text) > LONGEST:
        raise ConfigurationError(
            f"--implementation: has {len(text)} characters; write name and version in at most {LONGEST}"
        )
