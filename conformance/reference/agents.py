"""Guesses a device from its ``User-Agent``, with a few patterns; the first match counts."""

import re
from functools import lru_cache

_APP = re.compile(r"tapcart|fuego|okhttp/|CFNetwork/|Dart/", re.IGNORECASE)
_TABLET = re.compile(r"iPad|Tablet|Android(?!.*Mobile)")
_MOBILE = re.compile(r"Mobi|iPhone|Android")
_BROWSERS = (
    ("Edge", re.compile(r"Edg(e|A|iOS)?/")),
    ("Opera", re.compile(r"OPR/|Opera")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/")),
    ("Firefox", re.compile(r"Firefox/|FxiOS/")),
    ("Chrome", re.compile(r"Chrome/|CriOS/")),
    ("Safari", re.compile(r"Safari/")),
)
_SYSTEMS = (
    ("iOS", re.compile(r"iPhone|iPad|iPod")),
    ("Android", re.compile(r"Android")),
    ("Windows", re.compile(r"Windows")),
    ("ChromeOS", re.compile(r"CrOS")),
    ("macOS", re.compile(r"Mac OS X|Macintosh")),
    ("Linux", re.compile(r"Linux|X11")),
)


@lru_cache(maxsize=256)
def device_type(agent: str) -> str:
    """Guess the kind of device; the default is a desktop."""
    if _TABLET.search(agent):
        return "tablet"
    return "mobile" if _MOBILE.search(agent) else "desktop"


@lru_cache(maxsize=256)
def browser(agent: str) -> str:
    """Guess the browser."""
    return next((name for name, pattern in _BROWSERS if pattern.search(agent)), "Other")


@lru_cache(maxsize=256)
def system(agent: str) -> str:
    """Guess the operating system."""
    return next((name for name, pattern in _SYSTEMS if pattern.search(agent)), "Other")


@lru_cache(maxsize=256)
def is_app(agent: str) -> bool:
    """Whether this is an app and not a browser, by its name (the published page gives no patterns)."""
    return _APP.search(agent) is not None
