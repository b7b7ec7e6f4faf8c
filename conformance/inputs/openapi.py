"""The OpenAPI description of ``/beacon``, from the checkout or from the wheel."""

from pathlib import Path
from typing import Any

import yaml

PACKAGE = Path(__file__).parents[1]


def text() -> str:
    """Return the description as it is written."""
    inside = PACKAGE / "openapi" / "beacon.yaml"
    beside = PACKAGE.parent / "openapi" / "beacon.yaml"
    return (inside if inside.exists() else beside).read_text("utf-8")


def document() -> dict[str, Any]:
    """Return the description as a value."""
    content: dict[str, Any] = yaml.safe_load(text())
    return content
