"""The OpenAPI description of ``/beacon``, from the checkout or from the wheel."""

from pathlib import Path
from typing import Any

import yaml

PACKAGE = Path(__file__).parents[1]


def text() -> str:
    """Return the YAML text of the description."""
    in_wheel = PACKAGE / "openapi" / "beacon.yaml"
    in_checkout = PACKAGE.parent / "openapi" / "beacon.yaml"
    return (in_wheel if in_wheel.exists() else in_checkout).read_text("utf-8")


def document() -> dict[str, Any]:
    """Return the parsed description."""
    content: dict[str, Any] = yaml.safe_load(text())
    return content
