"""From options, environment and configuration file to settings."""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from conformance.settings.file import ConfigFile, read_file
from conformance.settings.model import CLASSES, REFERENCE, Settings
from conformance.settings.options import OPTIONS, TOKEN_FILES, ConfigurationError

NUMBERS: tuple[tuple[str, type[int] | type[float], float], ...] = (
    ("seed", int, 0),
    ("max_requests", int, 1),
    ("max_rate", float, 0.01),
    ("connections", int, 1),
    ("timeout", float, 0.05),
    ("patience", float, 0.05),
    ("settle", float, 0),
)
"""Each number, what kind it is, and the least that it may be."""


def read_settings(
    options: Mapping[str, str | None],
    environment: Mapping[str, str],
    config: str | None = None,
    *,
    only: str = "",
    allow_production: bool = False,
) -> Settings:
    """Put together what options, environment and file say: an option wins over the environment, that over the file.

    ``only`` names one of the file's targets. Raises ConfigurationError for anything that cannot be used, with the
    name it was given by, and the line of the file where it stands there.
    """
    file = read_file(Path(config)) if config is not None else None
    name = _chosen(file, only)
    in_file = file.told(environment, name) if file is not None else {}
    known = (*OPTIONS, *TOKEN_FILES)
    in_environment = {
        option.name: environment[option.variable] for option in known if option.variable in environment
    }
    on_line = {option.name: given for option in known if (given := options.get(option.name)) is not None}
    told: dict[str, str] = {}
    for layer in (in_file, in_environment, on_line):
        told = _over(told, layer)
    try:
        settings = _settings(_with_tokens(told), name, allow_production=allow_production)
    except ConfigurationError as error:
        if file is None:
            raise
        raise _placed(error, file, name, in_file.keys() - in_environment.keys() - on_line.keys()) from None
    return settings


def _chosen(file: ConfigFile | None, only: str) -> str:
    """Return the name of the target that is meant."""
    names = file.names if file is not None else ()
    if only and only not in names:
        there_are = (
            f"the targets of --config are {', '.join(names)}" if names else "--config has no [targets.NAME]"
        )
        raise ConfigurationError(f"--only {only}: no target is called so; {there_are}")
    if len(names) > 1 and not only:
        raise ConfigurationError(f"--config has the targets {', '.join(names)}; name one with --only")
    return only or "".join(names)


def _over(told: Mapping[str, str], layer: Mapping[str, str]) -> dict[str, str]:
    """Return what is told, with a layer over it: a token and its file are two ways to say one thing."""
    merged = {**told, **layer}
    for option in TOKEN_FILES:
        token = option.name.removesuffix("-file")
        if layer.get(token) and layer.get(option.name):
            raise ConfigurationError(f"--{option.name}: stands beside --{token}; give one of the two")
        if layer.get(token):
            merged.pop(option.name, None)
        elif layer.get(option.name):
            merged.pop(token, None)
    return merged


def _with_tokens(told: Mapping[str, str]) -> dict[str, str]:
    """Return what is told, with tokens in the place of their files."""
    values = dict(told)
    for option in TOKEN_FILES:
        name = values.pop(option.name, "")
        if name:
            values[option.name.removesuffix("-file")] = _read_token(option.flag, Path(name))
    return values


def _read_token(flag: str, path: Path) -> str:
    try:
        token = path.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"{flag} {path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{flag} {path}: is no text") from None
    if not token:
        raise ConfigurationError(f"{flag} {path}: is empty; a token stands in it, and nothing else")
    return token


def _placed(error: ConfigurationError, file: ConfigFile, name: str, keys: set[str]) -> ConfigurationError:
    """Return a complaint with the place of the file, where what it is about stands there."""
    about = re.match(r"--([a-z-]+)", str(error))
    if about is not None and about[1] in keys:
        return ConfigurationError(f"{file.place(about[1], name)}: {error}")
    if about is None and "token" in keys:
        return ConfigurationError(
            f"{file.place('token', name)}: no token: it is empty here; a target is judged with one"
        )
    if about is None and name:
        return ConfigurationError(f"--config {file.path}, [targets.{name}]: {error}")
    return error


def _settings(told: Mapping[str, str], name: str, *, allow_production: bool) -> Settings:
    values: dict[str, Any] = {option.field: told[option.name] for option in OPTIONS if option.name in told}
    if "target" in values:
        values["target"] = values["target"].strip().rstrip("/")
    if "require" in values:
        values["require"] = tuple(filter(None, (part.strip() for part in values["require"].split(","))))
    elif values.get("target", REFERENCE) == REFERENCE:
        values["require"] = tuple(known for known in CLASSES if known != "browser")
    values["report_dir"] = Path(values.get("report_dir", Settings.report_dir) or ".") / name
    for optional in ("waivers", "replay"):
        if optional in values:
            values[optional] = Path(values[optional]) if values[optional] else None
    for field, number, least in NUMBERS:
        if field in values:
            values[field] = _number(field, values[field], number, least)
    known = {item.name for item in fields(Settings)}
    return Settings(
        allow_production=allow_production,
        **{field: value for field, value in values.items() if field in known},
    )


def _number(name: str, text: str, number: type[int] | type[float], least: float) -> float:
    try:
        value = number(text)
    except ValueError:
        value = number(-1)
    if not least <= value < 2**32:
        raise ConfigurationError(f"--{name.replace('_', '-')} {text}: is no number from {least:g}")
    return value
