"""The suite's options in pytest, and whether a session of pytest is a run of the suite."""

import os
import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

import pytest

import conformance
from conformance.ingestion.observers import check_observer
from conformance.inputs.tokens import MATCHING, MEMBERS, UNKNOWN
from conformance.plugin.checks import examples_to_replay
from conformance.plugin.markers import is_beyond_quick, requirement_of
from conformance.plugin.recording import VISIT, name_in_recording
from conformance.plugin.state import state_of
from conformance.requirements import UnknownRequirement, select
from conformance.results import UnusableResults
from conformance.results.examples import Example, read_examples
from conformance.results.waivers import UnusableWaivers, Waiver, read_waivers
from conformance.runner.pool import stage_of
from conformance.settings import (
    CONFIGURABLE,
    EVERY_OPTION,
    ConfigurationError,
    Effort,
    Settings,
    check_ca_file,
    check_client_cert,
    read_settings,
)

SUITE = Path(conformance.__file__).parent / "suite"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options. Environment variables are read later, because an option has priority."""
    group = parser.getgroup("conformance", "conformance of POST /beacon")
    # pytest itself notices two options of one name only while it parses, and ends in a traceback.
    others = [*parser._groups, parser._anonymous]  # noqa: SLF001 - there is no other way to them
    taken = {name for other in others for one in other.options for name in one.names()}
    for option in EVERY_OPTION:
        if option.flag in taken:
            raise pytest.UsageError(
                f"{option.flag}: another plugin of pytest has an option of this name; leave that plugin out with"
                " -p no:NAME, or use beacon-conformance run, which loads no other plugin"
            )
        group.addoption(option.flag, **option.declaration)


def is_conformance_run(config: pytest.Config) -> bool:
    """Whether the paths that pytest was given contain checks of the suite."""
    for argument in config.args:
        if config.option.pyargs and re.match(r"conformance(\.suite\b.*)?(::|$)", argument):
            return True
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
    """Return the settings from options, environment and file, after a check of the observer, the files of certificates and the tokens.

    Raises ConfigurationError.
    """
    return read_settings(
        options, environment, config, only=only, allow_production=allow_production, check=_check
    )


def _check(settings: Settings) -> None:
    """Check what other rooms know of the settings. Raises ConfigurationError."""
    check_observer(settings)
    check_ca_file(settings.ca_file)
    check_client_cert(settings.client_cert)
    for flag, token in (
        ("--token", settings.token),
        ("--other-token", settings.other_token),
        ("--revoked-token", settings.revoked_token),
    ):
        wrong = {UNKNOWN, *chain(*MEMBERS.values()), *(alter(token) for _, alter in MATCHING.values())}
        if token and token in wrong:
            raise ConfigurationError(
                f"{flag}: is a text that the suite sends as a wrong token; give another token"
            )


def settings_of(config: pytest.Config) -> Settings:
    """Return the settings of this run. Raises pytest.UsageError with one line."""
    for name in config.getoption("beacon_requirement"):
        try:
            select(name)
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
        raise pytest.UsageError("--observer: a sink works in one process only; leave out -n")
    return settings


def waivers_of(settings: Settings) -> tuple[Waiver, ...]:
    """Return the waivers of a run. Raises pytest.UsageError with one line."""
    if settings.waivers is None:
        return ()
    try:
        return read_waivers(settings.waivers)
    except UnusableWaivers as error:
        raise pytest.UsageError(f"--waivers {error}") from None


def examples_of(settings: Settings) -> dict[str, list[Example]]:
    """Return the examples to replay, by check. Raises pytest.UsageError with one line."""
    if settings.replay is None:
        return {}
    try:
        return read_examples(settings.replay)
    except UnusableResults as error:
        raise pytest.UsageError(f"--replay {error}") from None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Select the checks that ``--requirement``, ``--check`` and ``--effort`` name, and put those of later stages last."""
    state = state_of(config)
    if state is None:
        return
    names, check = config.getoption("beacon_requirement"), config.getoption("beacon_check")
    wanted = {one.id for name in names for one in select(name)}
    quick = state.settings.effort == Effort.QUICK
    recorded = None if state.checks_of_recording is None else set(state.checks_of_recording)
    selected = [
        item
        for item in items
        if _is_wanted(item, wanted)
        and check in {None, item.name}
        and not (quick and is_beyond_quick(item))
        and (recorded is None or name_in_recording(item) in recorded)
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(selected)])
    records = state.settings.record or state.checks_of_recording is not None
    items[:] = sorted(selected, key=lambda item: _stage(item, visits_last=records))
    for item in selected:
        if isinstance(item, pytest.Function):
            examples_to_replay(item, state)


def _stage(item: pytest.Item, *, visits_last: bool) -> tuple[bool, int]:
    """Return the stage of a check. If the run is recorded, visits of a browser come last, because they are left out."""
    names = getattr(item, "fixturenames", ())
    return visits_last and VISIT in names, stage_of(names)


def _is_wanted(item: pytest.Item, wanted: set[str]) -> bool:
    requirement = requirement_of(item)
    return not wanted or (requirement is not None and requirement.id in wanted)
