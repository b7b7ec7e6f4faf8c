"""A challenge: a text that a reviewer chooses, so that a run cannot have been made before. It decides the run's id and seed."""

import hashlib
import re

from conformance.settings.errors import ConfigurationError

FORM = re.compile(r"[A-Za-z0-9-]{16,32}")
"""It becomes a part of every session_id, so it is short and has no punctuation that a store may refuse."""


def check_challenge(challenge: str) -> None:
    """Raise ConfigurationError if a text cannot be a challenge."""
    if challenge and not FORM.fullmatch(challenge):
        raise ConfigurationError(
            "--challenge: must have 16 to 32 letters, digits and hyphens, as the reviewer sent them"
        )


def seed_of(challenge: str) -> int:
    """Return the seed of a challenge, so that nobody can choose a seed with which fewer checks fail."""
    return int.from_bytes(hashlib.sha256(challenge.encode()).digest()[:4])


def fits(challenge: str, run_id: str, seed: int) -> bool:
    """Whether a run's id and seed are those of a challenge."""
    return re.fullmatch(f"{re.escape(challenge)}-[0-9a-f]{{4}}", run_id) is not None and seed == seed_of(
        challenge
    )
