"""What a failure usually means, and how to fix it in common frameworks, one module for each chapter or topic.

It holds texts about requirements, and nothing about a particular run. It imports only the requirements.
"""

from conformance.requirements.advice import body, browser, concurrency, cors, events, response, token
from conformance.requirements.advice.model import Advice
from conformance.requirements.model import Requirement

ADVICE: tuple[Advice, ...] = (
    *token.ADVICE,
    *body.ADVICE,
    *response.ADVICE,
    *events.ADVICE,
    *concurrency.ADVICE,
    *cors.ADVICE,
    *browser.ADVICE,
)
BY_ID: dict[str, Advice] = {one.id: advice for advice in ADVICE for one in advice.requirements}


def advice_on(requirement: Requirement) -> Advice | None:
    """Return the advice on a requirement, or None if it is only observed."""
    return BY_ID.get(requirement.id)


__all__ = ["ADVICE", "Advice", "advice_on"]
