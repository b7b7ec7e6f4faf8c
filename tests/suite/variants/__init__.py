"""Unusual targets that conform: the reference with freedoms that the contract allows.

A freedom is a small class with one override. Freedoms that do not interact share a variant, because each variant costs a run.
"""

from types import ModuleType

from tests.suite.variants import ingesting, read_back, shirking, whole
from tests.suite.variants.declaring import DECLARED, Server, Variant

KINDS: tuple[ModuleType, ...] = (whole, shirking, ingesting, read_back)
VARIANTS: tuple[Variant, ...] = tuple(DECLARED)

__all__ = ["KINDS", "VARIANTS", "Server", "Variant"]
