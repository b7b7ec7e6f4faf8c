"""Calls checks with arguments from Hypothesis: each example is judged once, and a violation is reduced to a small example."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from functools import partial
from typing import Any, get_type_hints

import hypothesis
from hypothesis import Phase
from hypothesis.strategies import SearchStrategy

from conformance.client import clock
from conformance.expect import NotJudged, Violation
from conformance.results.examples import Example

BUDGET = 60
"""Requests that a check may send after its first violation to find a smaller example."""
SECONDS = 15.0
"""Seconds that a check may take after its first violation to find a smaller example."""

Judgement = Callable[[], None]
"""The part of a check that judges, if the check returns it: then all examples are sent before the first one is judged."""


def set_share(function: Callable[..., Any], share: float) -> None:
    """Let a function be called with a share of the usual number of examples."""
    vars(function)["share_of_examples"] = share


def _most_examples(function: Callable[..., Any]) -> int:
    usual: int = hypothesis.settings().max_examples
    share: float = vars(function).get("share_of_examples", 1)
    return max(1, round(usual * share))


def is_strategy(value: object) -> bool:
    """Whether Hypothesis generates the values of an argument."""
    return isinstance(value, SearchStrategy)


def call_generated(
    function: Callable[..., Judgement | None],
    arguments: Mapping[str, Any],
    *,
    seed: str,
    replay: Sequence[Example],
    sent: Callable[[], int],
) -> None:
    """Call a function with the examples of ``replay``, and then with values from the strategies among its arguments.

    Only ``seed`` determines the values. ``sent`` returns the number of requests that were sent so far. Raises the Violation of
    the smallest example.
    """
    strategies = {name: value for name, value in arguments.items() if is_strategy(value)}
    fixed = {name: value for name, value in arguments.items() if name not in strategies}
    examples = _Examples(function, fixed, sent)

    def generate(test: Callable[..., None], *phases: Phase) -> None:
        test = hypothesis.given(**strategies)(test)
        for example in reversed(replay):
            test = hypothesis.example(**example)(test)
        test = hypothesis.settings(phases=phases, max_examples=_most_examples(function))(test)
        hypothesis.seed(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]))(test)()

    examples.judge_all(replay)
    if examples.smallest is None:
        drawn: list[Example] = []
        generate(lambda **generated: drawn.append(generated), Phase.generate)
        examples.judge_all(drawn)
    if examples.smallest is not None:
        # The same seed gives the same examples. Those that are judged are not sent again.
        try:
            generate(examples.judge_once, Phase.explicit, Phase.generate, Phase.shrink)
        except NotJudged:  # nothing more is sent, but the violation was seen
            raise examples.smallest from None


@dataclass
class _Examples:
    """The examples of one check that were judged, and the limits of the search for a smaller one."""

    function: Callable[..., Judgement | None]
    fixed: Mapping[str, Any]
    sent: Callable[[], int]
    smallest: Violation | None = None
    _judged: dict[str, Violation | None] = field(default_factory=dict)
    _most: int = 0
    _deadline: float = 0.0

    def judge_all(self, drawn: Sequence[Example]) -> None:
        """Send all examples, then judge them, up to the first violation."""
        judgements: list[tuple[Example, Judgement]] = []
        for generated in drawn:
            if repr(generated) not in self._judged:
                judgement = self._call(generated, partial(self.function, **self.fixed, **generated))
                if judgement is not None:
                    judgements.append((generated, judgement))
            if self.smallest is not None:
                return
        for generated, judgement in judgements:
            self._call(generated, judgement)
            if self.smallest is not None:
                return

    def judge_once(self, **generated: Any) -> None:
        """Judge an example that was not judged before. Raises its Violation."""
        if repr(generated) not in self._judged:
            if self.sent() >= self._most or clock.monotonic() >= self._deadline:
                hypothesis.reject()  # the limit is reached: the smallest example so far is good enough
            judgement = self._call(generated, partial(self.function, **self.fixed, **generated))
            if judgement is not None:
                self._call(generated, judgement)
        if violation := self._judged[repr(generated)]:
            raise violation

    def _call(self, generated: Example, part: Callable[[], Judgement | None]) -> Judgement | None:
        """Call a part of the check and store what it found; Hypothesis tries only simpler examples after a violation."""
        self._judged[repr(generated)] = None
        try:
            return part()
        except Violation as violation:
            violation.generated = generated
            self._judged[repr(generated)] = violation
            if self.smallest is None:
                self._most, self._deadline = self.sent() + BUDGET, clock.monotonic() + SECONDS
            self.smallest = violation
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
