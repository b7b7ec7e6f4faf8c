"""What a failure usually means, and how it is put right: values, for one requirement or for several alike."""

from dataclasses import dataclass, field

from conformance.requirements.model import Requirement

ANYWHERE = "anywhere"
FASTAPI = "FastAPI, Starlette"
FLASK = "Flask"
DJANGO = "Django"
EXPRESS = "Express"
WORKERS = "Workers, Hono"


@dataclass(frozen=True)
class Advice:
    """What to do about requirements that fail for the same reasons.

    Raises ValueError for advice about nothing, and for a text that is no sentence.
    """

    requirements: tuple[Requirement, ...]
    means: str
    """What a failure usually means."""
    fixes: dict[str, str] = field(default_factory=dict)
    """How to put it right, by where it is done: in a framework, or anywhere."""

    def __post_init__(self) -> None:
        if not self.requirements or not self.fixes:
            raise ValueError(f"advice is about a requirement and says what to do: {self.means}")
        for text in (self.means, *self.fixes.values()):
            if not text.endswith("."):
                raise ValueError(f"advice is in whole sentences: {text}")
