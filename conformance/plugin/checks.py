"""Makes a check from an item of pytest: its function, its arguments, and the examples to replay."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from conformance.plugin.markers import requirement_of
from conformance.plugin.state import State
from conformance.results.examples import Example
from conformance.runner.check import Check
from conformance.runner.generated import arguments_of


def checks_of(request: pytest.FixtureRequest, state: State) -> dict[pytest.Item, Check]:
    """Return the checks of a session whose fixtures can be made in advance."""
    found: dict[pytest.Item, Check] = {}
    for item in request.session.items:
        if isinstance(item, pytest.Function) and requirement_of(item) is not None:
            try:
                arguments = {name: _value(request, item, name) for name in _parameters(item)}
            except (pytest.skip.Exception, pytest.FixtureLookupError):
                continue  # pytest makes the fixture, or reports the skip, when it runs the check
            found[item] = check_of(item, arguments, state)
    return found


def check_of(item: pytest.Function, arguments: Mapping[str, Any], state: State) -> Check:
    """Return the check of an item. Raises pytest.UsageError if a replayed example does not fit it."""
    requirement = requirement_of(item)
    assert requirement is not None  # noqa: S101 - callers pass only checks
    return Check(
        item.name,
        _without_outcomes_of_pytest(item.obj),
        {name: arguments[name] for name in _parameters(item)},
        requirement,
        state.settings.seed,
        examples_to_replay(item, state),
    )


def examples_to_replay(item: pytest.Function, state: State) -> list[dict[str, Any]]:
    """Return the arguments of a check's replayed examples. Raises pytest.UsageError if one does not fit."""
    return [_fitting(item, example) for example in state.replay.get(item.name, ())]


def _fitting(item: pytest.Function, example: Example) -> dict[str, Any]:
    try:
        return arguments_of(item.obj, example)
    except ValueError as error:
        raise pytest.UsageError(
            f"--replay: its example of {item.name} does not fit this version ({error}); use a file of this version"
        ) from None


def _parameters(item: pytest.Function) -> list[str]:
    return list(inspect.signature(item.obj).parameters)


def _value(request: pytest.FixtureRequest, item: pytest.Function, name: str) -> Any:
    given: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    return given[name] if name in given else request.getfixturevalue(name)


def _without_outcomes_of_pytest(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that raises TypeError instead of a skip or a failure of pytest, which threads do not pass on."""

    @functools.wraps(function)
    def call(**arguments: Any) -> Any:
        try:
            return function(**arguments)
        except (pytest.skip.Exception, pytest.fail.Exception) as outcome:
            raise TypeError(
                f"a check must use NotJudged or an expectation, not a skip or a failure of pytest: {outcome}"
            ) from None

    return call
