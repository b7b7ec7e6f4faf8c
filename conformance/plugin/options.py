"""The suite's options, and whether a pytest run is a run of the suite at all."""

import os
from pathlib import Path

import pytest

import conformance
from conformance.plugin.markers import is_beyond_quick, requirement_of
from conformance.plugin.state import state_of
from conformance.requirements import UnknownRequirement, find
from conformance.results import UnusableResults
from conformance.results.examples import Example, read_examples
from conformance.results.waivers import UnusableWaivers, Waiver, read_waivers
from conformance.settings import OPTIONS, TOKEN_FILES, ConfigurationError, Effort, Settings, read_settings

SUITE = Path(conformance.__file__).parent / "suite"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; their environment variables are read later, so that an option wins."""
    group = parser.getgroup("conformance", "conformance of POST /beacon")
    for option in (*OPTIONS, *TOKEN_FILES):
        group.addoption(
            option.flag,
            metavar=option.metavar,
            dest=f"beacon_{option.field}",
            help=f"{option.help} [{option.variable}]",
        )
    group.addoption("--config", metavar="F", dest="beacon_config", help="a TOML file with the same names")
    group.addoption(
        "--only",
        metavar="NAME",
        action="append",
        default=[],
        dest="beacon_only",
        help="judge this target of the file's [targets.NAME] alone; may be repeated",
    )
    group.addoption(
        "--jobs",
        metavar="N",
        dest="beacon_jobs",
        help="judge so many of the file's targets at a time (default: 1)",
    )
    group.addoption(
        "--allow-production",
        action="store_true",
        dest="beacon_allow_production",
        help="judge the production host, where a run's events count as real ones",
    )
    group.addoption(
        "--requirement",
        metavar="ID",
        action="append",
        default=[],
        dest="beacon_requirement",
        help="judge this requirement alone; may be repeated",
    )
    group.addoption(
        "--check",
        metavar="NAME",
        dest="beacon_check",
        help="judge this check alone, by its whole name in results.json",
    )


def is_conformance_run(config: pytest.Config) -> bool:
    """Whether the paths that pytest was given have the suite's checks in them."""
    for argument in config.args:
        path = (config.invocation_params.dir / argument.partition("::")[0]).resolve()
        if path.is_relative_to(SUITE) or SUITE.is_relative_to(path):
            return True
    return False


def told_settings(config: pytest.Config) -> Settings:
    """Return what this run was told. Raises pytest.UsageError, in one line."""
    for name in config.getoption("beacon_requirement"):
        try:
            find(name)
        except UnknownRequirement as error:
            raise pytest.UsageError(f"--requirement {error}") from None
    known = (*OPTIONS, *TOKEN_FILES)
    options = {option.name: config.getoption(f"beacon_{option.field}") for option in known}
    only = list(dict.fromkeys(config.getoption("beacon_only")))
    if len(only) > 1:
        raise pytest.UsageError("--only: pytest judges one target; beacon-conformance run judges several")
    try:
        told = read_settings(
            options,
            os.environ,
            config.getoption("beacon_config"),
            only="".join(only),
            allow_production=config.getoption("beacon_allow_production"),
        )
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
    if told.observer.startswith("sink:") and not told.is_reference and config.getoption("tx", None):
        raise pytest.UsageError("--observer: a sink listens in one process; leave -n out")
    return told


def told_waivers(settings: Settings) -> tuple[Waiver, ...]:
    """Return the waivers of a run. Raises pytest.UsageError, in one line."""
    if settings.waivers is None:
        return ()
    try:
        return read_waivers(settings.waivers)
    except UnusableWaivers as error:
        raise pytest.UsageError(f"--waivers {error}") from None


def told_examples(settings: Settings) -> dict[str, list[Example]]:
    """Return the examples that a run judges first, by check. Raises pytest.UsageError, in one line."""
    if settings.replay is None:
        return {}
    try:
        return read_examples(settings.replay)
    except UnusableResults as error:
        raise pytest.UsageError(f"--replay {error}") from None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Select the checks of the requirements that were asked for, or one check, and those that the effort is for."""
    state = state_of(config)
    if state is None:
        return
    wanted, check = set(config.getoption("beacon_requirement")), config.getoption("beacon_check")
    quick = state.settings.effort == Effort.QUICK
    selected = [
        item
        for item in items
        if _is_wanted(item, wanted) and check in {None, item.name} and not (quick and is_beyond_quick(item))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(selected)])
    items[:] = selected


def _is_wanted(item: pytest.Item, wanted: set[str]) -> bool:
    requirement = requirement_of(item)
    return not wanted or (requirement is not None and requirement.id in wanted)
