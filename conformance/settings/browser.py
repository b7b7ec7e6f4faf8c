"""Checks which browser was asked for."""

import os
import re
from pathlib import Path

from conformance.settings.errors import ConfigurationError

NONE = "none"
AUTO = "auto"
FORMS = "none, auto, the path of a browser's program, or ws://host:port/devtools/browser/…"


def check_browser(browser: str) -> None:
    """Check the value of --browser. Raises ConfigurationError, whose text does not repeat an address: it may be secret."""
    if browser in {NONE, AUTO}:
        return
    if re.match(r"[a-z][a-z0-9+.-]*://", browser):
        if not re.fullmatch(r"wss?://[^\s/]+(/\S*)?", browser):
            raise ConfigurationError(f"--browser: is not the address of a browser; write {FORMS}")
    elif not Path(browser).is_file() or not os.access(browser, os.X_OK):
        raise ConfigurationError(f"--browser {browser}: there is no such program; write {FORMS}")
