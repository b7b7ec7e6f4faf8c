"""Judges a target in this process, for a test suite or a program of the user's own: ``from conformance import judge``."""

import contextlib
import io
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance import results
from conformance.cli import run as judging
from conformance.cli.options import no_such_option
from conformance.results.verdicts import ExitStatus
from conformance.settings import CONFIGURABLE, EVERY_OPTION, ConfigurationError
from conformance.settings.options import YES_OR_NO, Takes

FLAGS = {option.field: option for option in EVERY_OPTION}
"""The options by the names that they have in Python."""
FILE = "results.json"


class NoResults(RuntimeError):
    """A run ended without results; the text is what it printed."""


def judge(target: str, *, report_dir: str | Path | None = None, **options: Any) -> results.Results:
    """Judge a target, and return the content of ``results.json``. The other reports are written only to a ``report_dir``.

    The options are those of ``beacon-conformance run``, with underscores; of several values it takes a list. The variables
    BEACON_… of the environment do not count. Raises ConfigurationError for an option that cannot be used, NoResults if the
    run ended without results, and KeyboardInterrupt if it was interrupted.
    """
    arguments = [f"--target={target}", *_arguments(options)]
    output, errors = io.StringIO(), io.StringIO()
    with tempfile.TemporaryDirectory(prefix="beacon-conformance-") as temporary:
        folder = Path(report_dir or temporary)
        with (
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(errors),
            pytest.MonkeyPatch.context() as environment,
        ):
            for name in ("PYTEST_ADDOPTS", *(option.variable for option in CONFIGURABLE)):
                environment.delenv(name, raising=False)
            status = judging.judge(["--color=no", *arguments, f"--report-dir={folder}"])
        if status == ExitStatus.INTERRUPTED:
            raise KeyboardInterrupt
        if status == ExitStatus.USAGE:
            raise ConfigurationError(errors.getvalue().removeprefix("ERROR: ").strip())
        try:
            return results.read(folder / FILE)
        except results.UnusableResults:
            raise NoResults(output.getvalue() + errors.getvalue()) from None


def _arguments(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield options as arguments of a run. Raises ConfigurationError for an unknown one."""
    for name, value in options.items():
        if name not in FLAGS:
            raise ConfigurationError(no_such_option(f"--{name.replace('_', '-')}"))
        option = FLAGS[name]
        if option.takes is Takes.NO_VALUE or option.name in YES_OR_NO:
            yield from [option.flag] if value else []
        elif option.takes is Takes.SEVERAL_VALUES:
            yield from (f"{option.flag}={one}" for one in ([value] if isinstance(value, str) else value))
        elif isinstance(value, list | tuple):
            yield f"{option.flag}={','.join(map(str, value))}"
        elif value is not None:
            yield f"{option.flag}={value}"
