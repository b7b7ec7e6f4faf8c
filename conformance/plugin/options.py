"""The suite's options in pytest, and whether a session of pytest is a run of the suite."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import conformance
from conformance.ingestion.observers import check_observer
from conformance.plugin.markers import is_beyond_quick, requirement_of
from conformance.requirements import UnknownRequirement, find
from conformance.results.examples import Example, arguments_of, read_kept
from conformance.results.waivers import Waiver, read_waivers
from conformance.settings import (
    CONFIGURABLE,
    EVERY_OPTION,
    ConfigurationError,
    Effort,
    Settings,
    read_settings,
)

SUITE = Path(conformance.__file__).parent / "suite"
SETTINGS = pytest.StashKey[Settings]()
"""The settings of a run of the suite."""
KEPT = pytest.StashKey[dict[str, list[Example]]]()
"""The generated examples that failed in another run, by check."""
FIRST = pytest.StashKey[Sequence[dict[str, Any]]]()
"""The generated arguments with which a check is called first."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; their environment variables are read later, so that an option wins."""
    group = parser.getgroup("conformance", "conformance of POST /beacon")
    for option in EVERY_OPTION:
        group.addoption(option.flag, **option.declaration)


def is_conformance_run(config: pytest.Config) -> bool:
    """Whether the paths that pytest was given contain checks of the suite."""
    for argument in config.args:
        path = (config.invocation_params.dir / argument.partition("::")[0]).resolve()
        if path.is_relative_to(SUITE) or SUITE.is_relative_to(path):
            return True
    return False


def settings_from(
    options: Mapping[str, str | None],
    environment: Mapping[str, str],
    config: str | None,
    *,
    only: str = "",
    allow_production: bool = False,
) -> Settings:
    """Return the settings of options, environment and file, with the observer's address checked.

    Raises ConfigurationError.
    """
    return read_settings(
        options, environment, config, only=only, allow_production=allow_production, check=check_observer
    )


def settings_of(config: pytest.Config) -> Settings:
    """Return the settings of this run. Raises pytest.UsageError, in one line."""
    for name in config.getoption("beacon_requirement"):
        try:
            find(name)
        except UnknownRequirement as error:
            raise pytest.UsageError(f"--requirement {error}") from None
    options = {option.name: config.getoption(option.dest) for option in CONFIGURABLE}
    only = list(dict.fromkeys(config.getoption("beacon_only")))
    if len(only) > 1:
        raise pytest.UsageError(
            "--only: pytest judges one target; beacon-conformance run judges several targets"
        )
    try:
        settings = settings_from(
            options,
            os.environ,
            config.getoption("beacon_config"),
            only="".join(only),
            allow_production=config.getoption("beacon_allow_production"),
        )
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
    if settings.observer.startswith("sink:") and not settings.is_reference and config.getoption("tx", None):
        raise pytest.UsageError("--observer: a sink listens in one process; leave -n out")
    return settings


def waivers_of(settings: Settings) -> tuple[Waiver, ...]:
    """Return the waivers of a run. Raises pytest.UsageError, in one line."""
    if settings.waivers is None:
        return ()
    try:
        return read_waivers(settings.waivers)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None


def examples_of(settings: Settings) -> dict[str, list[Example]]:
    """Return the examples that a run judges first, by check. Raises pytest.UsageError, in one line."""
    if settings.replay is None:
        return {}
    try:
        return read_kept(settings.replay)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Select the checks by ``--requirement``, ``--check`` and ``--effort``."""
    if SETTINGS not in config.stash:
        return
    wanted, check = set(config.getoption("beacon_requirement")), config.getoption("beacon_check")
    quick = config.stash[SETTINGS].effort == Effort.QUICK
    selected = [
        item
        for item in items
        if _is_wanted(item, wanted) and check in {None, item.name} and not (quick and is_beyond_quick(item))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(selected)])
    items[:] = selected
    for item in selected:
        item.stash[FIRST] = [_fitting(item, example) for example in config.stash[KEPT].get(item.name, ())]


def _fitting(item: pytest.Item, example: Example) -> dict[str, Any]:
    """Return an example as arguments of a check. Raises pytest.UsageError where this version's check has others."""
    generated = getattr(getattr(item, "obj", None), "hypothesis", None)
    try:
        return arguments_of(getattr(generated, "inner_test", None), example)
    except ValueError as error:
        raise pytest.UsageError(
            f"--replay: its example of {item.name} does not fit this version ({error}); give a results.json of this version"
        ) from None


def _is_wanted(item: pytest.Item, wanted: set[str]) -> bool:
    requirement = requirement_of(item)
    return not wanted or (requirement is not None and requirement.id in wanted)
