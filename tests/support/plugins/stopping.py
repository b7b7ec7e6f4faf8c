"""A pytest plugin that notes where ``--pdb`` would stop."""

from typing import Any

STOPPED: list[str] = []


def pytest_exception_interact(call: Any) -> None:
    """Note the exception, as a debugger would show it."""
    STOPPED.append(type(call.excinfo.value).__name__)
