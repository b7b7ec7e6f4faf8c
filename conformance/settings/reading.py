"""Reads the settings from options, environment and configuration file."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from conformance.settings.browser import NONE
from conformance.settings.challenge import seed_of
from conformance.settings.environment import USUAL_FILE, check_variables, notes
from conformance.settings.environment import values as variables_of
from conformance.settings.errors import ConfigurationError
from conformance.settings.file import ConfigFile, read_file
from conformance.settings.model import CLASSES, REFERENCE, Settings
from conformance.settings.options import CONFIGURABLE, OPTIONS, TOKEN_FILES, YES_OR_NO
from conformance.settings.trust import check_environment

NUMBERS: tuple[tuple[str, type[int] | type[float], float], ...] = (
    ("seed", int, 0),
    ("max_requests", int, 1),
    ("max_rate", float, 0.01),
    ("connections", int, 1),
    ("wait", float, 0),
    ("timeout", float, 0.05),
    ("patience", float, 0.05),
    ("settle", float, 0),
)
"""Each setting that is a number, its type, and the smallest value."""
OF_A_TARGET = (
    *("token", "other-token", "revoked-token", "origin", "other-origin", "other-store-origin"),
    *("implementation", "observer", "observer-headers"),
)
"""Options that say something about a target, so that one must be named."""
TOO_LARGE = 2**32
IN_COMMAND = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
"""An environment variable in a shell's command."""
NO_SECRETS = frozenset({"HOME", "LANG", "PATH", "PWD", "SHELL", "TMPDIR", "USER"})


def read_settings(
    options: Mapping[str, str | None],
    environment: Mapping[str, str],
    config: str | None = None,
    *,
    only: str = "",
    allow_production: bool = False,
    check: Callable[[Settings], None] = lambda _: None,
) -> Settings:
    """Merge options, environment and file. An option wins over the environment, and the environment over the file.

    ``only`` names one of the file's targets. ``check`` is another room's check of the settings. Raises ConfigurationError
    for a value that cannot be used; its text names the option, and the line if the value is in the file.
    """
    file = read_file(Path(config)) if config is not None else None
    name = _chosen(file, only)
    in_file = file.values(environment, name) if file is not None else {}
    in_environment = variables_of(environment)
    on_line = {
        option.name: value for option in CONFIGURABLE if (value := options.get(option.name)) is not None
    }
    merged: dict[str, str] = {}
    for layer in (in_file, in_environment, on_line):
        merged = _over(merged, layer)
    try:
        settings = _settings(_with_tokens(merged), name, allow_production=allow_production)
        variables = file.variables(name) if file is not None else frozenset()
        used = {*variables, *_in_command(settings)}
        check_variables(environment, used)
        settings = replace(
            settings,
            from_environment=_used(settings, used, environment),
            notes=tuple(notes(environment, used, config)),
        )
        check_environment(environment, settings.target, settings.observer)
        check(settings)
        if "target" not in merged:
            _check_no_target(merged)
    except ConfigurationError as error:
        if file is None:
            raise
        raise _placed(error, file, name, in_file.keys() - in_environment.keys() - on_line.keys()) from None
    return settings


def _used(
    settings: Settings, variables: Iterable[str], environment: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return the environment variables that the file or a command uses, apart from tokens: names and values."""
    tokens = {settings.token, settings.other_token, settings.revoked_token}
    names = set(variables) - NO_SECRETS
    return tuple(
        (name, environment[name]) for name in sorted(names) if environment.get(name) not in {None, *tokens}
    )


def _in_command(settings: Settings) -> list[str]:
    """Return the names of the environment variables in the command of an observer."""
    return IN_COMMAND.findall(settings.observer) if settings.observer.startswith("exec:") else []


def _chosen(file: ConfigFile | None, only: str) -> str:
    """Return the name of the target to judge; empty if the targets have no names."""
    names = file.names if file is not None else ()
    if only and only not in names:
        there_are = (
            f"the targets of --config are {', '.join(names)}" if names else "--config has no [targets.NAME]"
        )
        raise ConfigurationError(f"--only {only}: there is no such target; {there_are}")
    if len(names) > 1 and not only:
        raise ConfigurationError(f"--config has the targets {', '.join(names)}; name one with --only")
    return only or "".join(names)


def _over(values: Mapping[str, str], layer: Mapping[str, str]) -> dict[str, str]:
    """Return values with another layer's values in their place. A token also replaces a token file, and the reverse."""
    merged = {**values, **layer}
    for option in TOKEN_FILES:
        token = option.name.removesuffix("-file")
        if layer.get(token) and layer.get(option.name):
            raise ConfigurationError(
                f"--{option.name}: cannot be used together with --{token}; give one of the two"
            )
        if layer.get(token):
            merged.pop(option.name, None)
        elif layer.get(option.name):
            merged.pop(token, None)
    return merged


def _with_tokens(values: Mapping[str, str]) -> dict[str, str]:
    """Return values with the tokens that token files contain."""
    read = dict(values)
    for option in TOKEN_FILES:
        name = read.pop(option.name, "")
        if name:
            read[option.name.removesuffix("-file")] = _read_token(option.flag, Path(name))
    return read


def _read_token(flag: str, path: Path) -> str:
    try:
        token = path.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"{flag} {path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{flag} {path}: is not a text file") from None
    if not token:
        raise ConfigurationError(f"{flag} {path}: is empty; it must contain a token and nothing else")
    return token


def _placed(error: ConfigurationError, file: ConfigFile, name: str, keys: set[str]) -> ConfigurationError:
    """Return an error with its line in the file, if the wrong value is there."""
    about = re.match(r"--([a-z-]+)", str(error))
    if about is not None and about[1] in keys:
        return ConfigurationError(f"{file.place(about[1], name)}: {error}")
    if about is None and "token" in keys:
        return ConfigurationError(
            f"{file.place('token', name)}: no token: it is empty here; the suite needs a token"
        )
    if about is None and name:
        return ConfigurationError(f"--config {file.path}, [targets.{name}]: {error}")
    return error


def _settings(texts: Mapping[str, str], name: str, *, allow_production: bool) -> Settings:
    """Return the settings from texts by option name."""
    values: dict[str, Any] = {option.field: texts[option.name] for option in OPTIONS if option.name in texts}
    values |= {field: values[field].strip() for field in ("target", "implementation") if field in values}
    if not values.get("browser", NONE):
        values["browser"] = NONE
    if "target" in values:
        values["target"] = values["target"].rstrip("/")
    if "require" in values:
        values["require"] = tuple(filter(None, (part.strip() for part in values["require"].split(","))))
    else:
        values["require"] = _classes_with_means(values)
    values["report_dir"] = Path(values.get("report_dir", Settings.report_dir) or ".") / name
    for optional in ("waivers", "replay"):
        if optional in values:
            values[optional] = Path(values[optional]) if values[optional] else None
    for field, number, least in NUMBERS:
        if field in values:
            values[field] = _number(field, values[field], number, least)
    values |= {one: _yes(one, values[one]) for one in YES_OR_NO & values.keys()}
    if values.get("challenge"):
        if "seed" in values:
            raise ConfigurationError(
                "--seed: cannot be used together with --challenge, which decides the seed"
            )
        values["seed"] = seed_of(values["challenge"])
    known = {item.name for item in fields(Settings)}
    return Settings(
        allow_production=allow_production,
        **{field: value for field, value in values.items() if field in known},
    )


def _check_no_target(given: Mapping[str, str]) -> None:
    """Raise ConfigurationError if something is said about a target, but none is named: the reference would be judged, and be green."""
    about = [name for name in OF_A_TARGET if given.get(name) or given.get(f"{name}-file")]
    if about:
        file = f"; {USUAL_FILE} is read only with --config {USUAL_FILE}" if Path(USUAL_FILE).is_file() else ""
        raise ConfigurationError(
            f"--{about[0]}: no target is named that this could be about; give --target URL, or --target reference{file}"
        )


def _classes_with_means(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the classes that the given options suffice to judge; the bundled reference has all but a browser, which is started only if it is asked for."""
    with_observer = values.get("target", REFERENCE) == REFERENCE or bool(values.get("observer"))
    with_stores = values.get("target", REFERENCE) == REFERENCE or bool(
        values.get("other-token") or values.get("other_token")
    )
    given = {
        "http": True,
        "ingestion": with_observer,
        "stores": with_observer and with_stores,
        "browser": values.get("browser", NONE) != NONE,
    }
    return tuple(known for known in CLASSES if given.get(known))


def _yes(name: str, text: str) -> bool:
    if text.lower() not in {"true", "false", ""}:
        raise ConfigurationError(f"--{name} {text}: must be true or false")
    return text.lower() == "true"


def _number(name: str, text: str, number: type[int] | type[float], least: float) -> float:
    try:
        value = number(text)
    except ValueError:
        value = number(-1)
    given = f"--{name.replace('_', '-')} {text}"
    if value >= TOO_LARGE:
        raise ConfigurationError(f"{given}: must be less than {TOO_LARGE}")
    if not value >= least:  # also true for NaN
        kind = "whole number" if number is int else "number"
        raise ConfigurationError(f"{given}: must be a {kind} of at least {least:g}")
    return value
