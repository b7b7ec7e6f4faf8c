"""Generated checks: an example is judged once, and a violation shrinks within a budget of requests."""

import functools
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import hypothesis

from conformance.expect import Violation

BUDGET = 60
"""Requests, from the first violation on; by then the smallest example so far is good enough."""


class Enough(BaseException):
    """The budget is spent. No Exception: Hypothesis would shrink on."""

    def __init__(self, smallest: Violation) -> None:
        super().__init__(str(smallest))
        self.smallest = smallest


@contextmanager
def bounded(check: Callable[..., None], fixtures: Collection[str], sent: Callable[[], int]) -> Iterator[None]:
    """Bound a check, if it is a generated one, for one call of it; ``sent`` counts requests.

    Raises the smallest example's Violation when the budget is spent.
    """
    generated = getattr(check, "hypothesis", None)
    if generated is None:
        yield
        return
    # Hypothesis takes them when a module is loaded, which may have been for another run of this process.
    check._hypothesis_internal_use_settings = hypothesis.settings(hypothesis.settings.default, deadline=None)  # type: ignore[attr-defined]  # noqa: SLF001
    function = generated.inner_test
    generated.inner_test = _bounded(function, fixtures, sent)
    try:
        yield
    except Enough as enough:
        raise enough.smallest from None
    finally:
        generated.inner_test = function


def _bounded(
    function: Callable[..., None], fixtures: Collection[str], sent: Callable[[], int]
) -> Callable[..., None]:
    judged: dict[str, Violation | None] = {}
    smallest: Violation | None = None
    spent_at = 0

    @functools.wraps(function)
    def judge_once(**arguments: Any) -> None:
        nonlocal smallest, spent_at
        generated = {name: value for name, value in arguments.items() if name not in fixtures}
        example = repr(generated)
        if example not in judged:
            if smallest is not None and sent() >= spent_at:
                raise Enough(smallest)
            judged[example] = violation = _violation(function, arguments, generated)
            if violation is not None:
                spent_at = sent() + BUDGET if smallest is None else spent_at
                smallest = violation  # what Hypothesis tries after one is simpler
        if violation := judged[example]:
            raise violation

    return judge_once


def replay(check: Callable[..., None], fixtures: dict[str, Any], examples: Sequence[dict[str, Any]]) -> None:
    """Judge a generated check by given examples, before any are generated. Raises the first one's Violation."""
    for example in examples:
        check.hypothesis.inner_test(**fixtures, **example)  # type: ignore[attr-defined]


def _violation(
    function: Callable[..., None], arguments: dict[str, Any], generated: dict[str, Any]
) -> Violation | None:
    try:
        function(**arguments)
    except Violation as violation:
        violation.generated = generated
        return violation
    return None
