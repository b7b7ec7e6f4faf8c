"""The digest of the suite's own files, which says how a run judged. It is the same for a checkout, a wheel and an image."""

import hashlib
from functools import cache
from pathlib import Path

import conformance

PACKAGE = Path(conformance.__file__).parent
ONLY_IN_WHEEL = frozenset({"openapi", "ci"})
"""Folders that only the wheel has; the OpenAPI description has a digest of its own."""


@cache
def package_digest(package: Path = PACKAGE) -> str:
    """Return the SHA-256 of a list with a line for each file: its SHA-256, two spaces and its path, in the order of the paths."""
    paths = sorted(path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256((package / path).read_bytes()).hexdigest()}  {path}\n"
        for path in paths
        if _is_of_the_suite(path)
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _is_of_the_suite(path: str) -> bool:
    parts = path.split("/")
    hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
    return not hidden and parts[0] not in ONLY_IN_WHEEL and not path.endswith(".pyc")
