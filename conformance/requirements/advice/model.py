"""The form of advice: what a failure of some requirements usually means, and how to fix it."""

from dataclasses import dataclass, field

from conformance.requirements.model import Requirement

ANYWHERE = "anywhere"
FASTAPI = "FastAPI, Starlette"
FLASK = "Flask"
DJANGO = "Django"
EXPRESS = "Express"
WORKERS = "Workers, Hono"
NGINX = "nginx"
APACHE = "Apache"
CADDY = "Caddy"
HAPROXY = "HAProxy"
VARNISH = "Varnish"


@dataclass(frozen=True)
class Advice:
    """What to do about requirements that fail for the same reasons.

    Raises ValueError if there is no requirement or no fix, and for a text that is not a whole sentence.
    """

    requirements: tuple[Requirement, ...]
    means: str
    """What a failure usually means."""
    fixes: dict[str, str] = field(default_factory=dict)
    """How to fix it, by framework, or by ANYWHERE."""

    def __post_init__(self) -> None:
        if not self.requirements or not self.fixes:
            raise ValueError(f"advice is for at least one requirement and has at least one fix: {self.means}")
        for text in (self.means, *self.fixes.values()):
            if not text.endswith("."):
                raise ValueError(f"advice is written in whole sentences: {text}")
