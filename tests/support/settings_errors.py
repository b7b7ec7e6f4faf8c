"""Settings with a mistake, and the message about it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from conformance.ingestion.observers import check_observer
from conformance.settings import ConfigurationError, read_settings

SECRET = "sEcret-0123456789"  # noqa: S105 - made up
OTHER = "sEcret-9876543210"
URL = "https://staging.example"
VALID = {"target": URL, "token": SECRET, "other-token": OTHER}


def file(folder: Path, text: str | bytes) -> str:
    path = folder / "beacon.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def mistake(
    options: Mapping[str, str], environment: Mapping[str, str] | None = None, config: str | None = None
) -> str:
    """Return the message about a mistake in settings; it is one line without a secret."""
    with pytest.raises(ConfigurationError) as caught:
        read_settings(options, environment or {}, config, check=check_observer)
    text = str(caught.value)
    assert [text] == text.splitlines()
    assert not any(secret in text for secret in (SECRET, OTHER))
    return text
