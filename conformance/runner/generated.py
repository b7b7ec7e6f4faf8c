"""Calls checks with arguments from Hypothesis: each example is judged once, and a violation is reduced to a small example."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any, get_type_hints

import hypothesis
from hypothesis.strategies import SearchStrategy

from conformance.expect import Violation
from conformance.results.examples import Example

BUDGET = 60
"""Requests that a check may send after its first violation to find a smaller example."""


FEWEST = 2
"""Examples of a check that needs only a share of them."""


def set_share(function: Callable[..., None], share: float) -> None:
    """Let a function be called with a share of the usual number of examples."""
    vars(function)["share_of_examples"] = share


def _examples(function: Callable[..., None]) -> int:
    usual: int = hypothesis.settings().max_examples
    share: float = vars(function).get("share_of_examples", 1)
    return min(usual, max(FEWEST, round(usual * share)))


def is_strategy(value: object) -> bool:
    """Whether Hypothesis generates the values of an argument."""
    return isinstance(value, SearchStrategy)


def call_generated(
    function: Callable[..., None],
    arguments: Mapping[str, Any],
    *,
    seed: str,
    replay: Sequence[Example],
    sent: Callable[[], int],
) -> None:
    """Call a function with the examples of ``replay``, and then with values from the strategies among its arguments.

    Only ``seed`` determines the values. ``sent`` returns the number of requests that were sent so far. Raises the Violation of the smallest example.
    """
    strategies = {name: value for name, value in arguments.items() if is_strategy(value)}
    fixed = {name: value for name, value in arguments.items() if name not in strategies}
    judged: dict[str, Violation | None] = {}
    smallest: Violation | None = None
    limit = 0

    def judge_once(**generated: Any) -> None:
        nonlocal smallest, limit
        example = repr(generated)
        if example not in judged:
            if smallest is not None and sent() >= limit:
                hypothesis.reject()  # the budget is spent: the smallest example so far is good enough
            judged[example] = violation = _violation(function, fixed, generated)
            if violation is not None:
                limit = sent() + BUDGET if smallest is None else limit
                smallest = violation  # Hypothesis tries only simpler ones after a failure
        if violation := judged[example]:
            raise violation

    test = hypothesis.settings(max_examples=_examples(function))(hypothesis.given(**strategies)(judge_once))
    for example in reversed(replay):
        test = hypothesis.example(**example)(test)
    hypothesis.seed(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]))(test)()


def _violation(
    function: Callable[..., None], fixed: Mapping[str, Any], generated: Example
) -> Violation | None:
    try:
        function(**fixed, **generated)
    except Violation as violation:
        violation.generated = generated
        return violation
    return None


def example_of(arguments: Mapping[str, Any]) -> Example:
    """Return generated arguments as JSON values; empty if one of them cannot be written as JSON."""
    content = {
        name: asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
        for name, value in arguments.items()
    }
    return content if all(isinstance(value, dict | str | int) for value in content.values()) else {}


def arguments_of(function: Callable[..., None], example: Example) -> dict[str, Any]:
    """Return the arguments of a generated check from an example. Raises ValueError if it does not fit the check."""
    hints = get_type_hints(function)
    arguments: dict[str, Any] = {}
    for name, value in example.items():
        kind = hints.get(name)
        if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, dict):
            try:
                arguments[name] = kind(**{key: _tuples(part) for key, part in value.items()})
            except (TypeError, AttributeError) as error:
                raise ValueError(f"{name}: {error}") from None
        elif kind in {int, str} and type(value) is kind:
            arguments[name] = value
        else:
            raise ValueError(f"{name}: the check has no such argument")
    return arguments


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
