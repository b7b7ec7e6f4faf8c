"""Decides from the answers to several origins whether an option is wrong or the target; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.client import NoReply, Reply
from conformance.doctor.step import Step, StepResult

ALLOW = "Access-Control-Allow-Origin"
JUDGED = "a run judges it anyway"


@dataclass(frozen=True)
class Asked:
    """An ordinary event from an origin, and what answered it."""

    flag: str
    """The option that names the origin."""
    origin: str
    is_other_store: bool
    """Whether the second store's token was sent."""
    outcome: Reply | NoReply

    @property
    def allowed(self) -> list[str]:
        """The lines of Access-Control-Allow-Origin."""
        return [] if isinstance(self.outcome, NoReply) else self.outcome.lines(ALLOW)

    @property
    def is_reflected(self) -> bool:
        """Whether the answer allows exactly this origin; a line that comes twice shows that, too."""
        return bool(self.allowed) and set(self.allowed) == {self.origin}


def origin_steps(asked: Sequence[Asked]) -> Iterator[Step]:
    """Yield a step for each origin. An origin that is not reflected while another one is, is most likely a wrong option."""
    for one in asked:
        others = [other for other in asked if other.flag != one.flag]
        tried = f"POST /beacon from {one.origin}"
        tried += " with the second store's token" if one.is_other_store else ""
        if isinstance(one.outcome, NoReply):
            observed = f"no reply ({one.outcome.kind}: {one.outcome.detail})"
            yield Step("origin", StepResult.UNKNOWN, tried, observed)
        elif one.allowed == [one.origin]:
            yield Step("origin", StepResult.OK, tried, f"{ALLOW} {one.origin}")
        else:
            yield Step("origin", StepResult.WARNING, tried, _observed(one), _advice(one, others))


def _observed(one: Asked) -> str:
    if one.is_reflected:
        return f"{len(one.allowed)} lines {ALLOW}, each {one.origin}"
    return f"{ALLOW} {', '.join(one.allowed)}" if one.allowed else f"no {ALLOW}"


def _advice(one: Asked, others: Sequence[Asked]) -> str:
    if one.is_reflected:
        return f"the gateway and the application both add it: let only one of them do so; {JUDGED}"
    if one.allowed == ["*"]:
        return f"a browser refuses * if it sends credentials: answer the request's own origin; {JUDGED}"
    if fixed := [other.flag for other in others if one.allowed == [other.origin]]:
        return (
            f"the answer names the origin of {fixed[0]} to both: either it is a fixed text in the target, or the store"
            f" does not allow the value of {one.flag}; {JUDGED}"
        )
    if reflected := [other.flag for other in others if other.is_reflected]:
        are = "is" if len(reflected) == 1 else "are"
        return (
            f"the value of {one.flag} is probably wrong, and not the target: {' and '.join(reflected)} {are} reflected."
            f" Compare {one.flag} with the store's allowed domains, letter by letter; {JUDGED}"
        )
    return f"check that the store's allowed domains include the value of {one.flag}; {JUDGED}"
