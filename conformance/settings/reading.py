"""From options, environment and configuration file to settings."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from conformance.settings.model import CLASSES, REFERENCE, Settings
from conformance.settings.options import OPTIONS, ConfigurationError

NUMBERS: tuple[tuple[str, type[int] | type[float], float], ...] = (
    ("seed", int, 0),
    ("max_requests", int, 1),
    ("max_rate", float, 0.01),
    ("timeout", float, 0.05),
    ("patience", float, 0.05),
)
"""Each number, what kind it is, and the least that it may be."""


def read_settings(
    options: Mapping[str, str | None], environment: Mapping[str, str], config: str | None = None
) -> Settings:
    """Put together what options, environment and file say: an option wins over the environment, that over the file.

    Raises ConfigurationError for anything that cannot be used, with the name it was given by.
    """
    told: dict[str, str] = _read_file(Path(config)) if config is not None else {}
    for option in OPTIONS:
        given = options.get(option.name)
        if given is None:
            given = environment.get(option.variable)
        if given is not None:
            told[option.name] = given
    return _settings(told)


def _read_file(path: Path) -> dict[str, str]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"--config {path}: cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"--config {path}: is no TOML ({error})") from None
    names = {option.name for option in OPTIONS}
    for key, value in content.items():
        if key not in names:
            raise ConfigurationError(
                f"--config {path}: unknown key {key}; the keys are {', '.join(sorted(names))}"
            )
        if not isinstance(value, str | int | float | list) or isinstance(value, bool):
            raise ConfigurationError(f"--config {path}: {key} is neither a text nor a number")
    return {
        key: ("\n" if key == "observer-headers" else ",").join(map(str, value))
        if isinstance(value, list)
        else str(value)
        for key, value in content.items()
    }


def _settings(told: Mapping[str, str]) -> Settings:
    values: dict[str, Any] = {option.field: told[option.name] for option in OPTIONS if option.name in told}
    if "target" in values:
        values["target"] = values["target"].strip().rstrip("/")
    if "require" in values:
        values["require"] = tuple(filter(None, (name.strip() for name in values["require"].split(","))))
    elif values.get("target", REFERENCE) == REFERENCE:
        values["require"] = tuple(name for name in CLASSES if name != "browser")
    if "report_dir" in values:
        values["report_dir"] = Path(values["report_dir"] or ".")
    if "waivers" in values:
        values["waivers"] = Path(values["waivers"]) if values["waivers"] else None
    for name, number, least in NUMBERS:
        if name in values:
            values[name] = _number(name, values[name], number, least)
    known = {item.name for item in fields(Settings)}
    return Settings(**{name: value for name, value in values.items() if name in known})


def _number(name: str, text: str, number: type[int] | type[float], least: float) -> float:
    try:
        value = number(text)
    except ValueError:
        value = number(-1)
    if not least <= value < 2**32:
        raise ConfigurationError(f"--{name.replace('_', '-')} {text}: is no number from {least:g}")
    return value
