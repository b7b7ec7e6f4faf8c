"""``beacon-conformance run``: judges one target, or several targets of a configuration file."""

import contextlib
import io
import os
import re
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

import conformance
from conformance.cli import multi_target
from conformance.cli.arguments import add_run_arguments
from conformance.cli.options import (
    emptied,
    given_options,
    no_such_option,
    options_parser,
    passed_on,
)
from conformance.cli.targets import chosen_names
from conformance.plugin.process import too_few_files
from conformance.plugin.refusals import refusal
from conformance.report.text.log import inert
from conformance.results.verdicts import ExitStatus
from conformance.settings import ConfigurationError, read_file

PACKAGE = Path(conformance.__file__).parent
SUITE = PACKAGE / "suite"


def run(arguments: Sequence[str]) -> int:
    """Judge one target in this process, or each of several targets in a process of its own.

    Raises ConfigurationError.
    """
    parsed, others = options_parser("run", add_run_arguments).parse_known_args(arguments)
    if parsed.help_pytest:
        return judge(["--help"])
    names = chosen_names(parsed)
    if len(names) > 1:
        return _judge_several(parsed, names, others)
    return judge(arguments)


def judge(arguments: Sequence[str], plugins: Sequence[object] = ()) -> int:
    """Judge one target with pytest. It uses the suite's configuration and ignores the current folder's.

    Raises ConfigurationError.
    """
    if why := refusal(arguments, os.environ):
        raise ConfigurationError(why)
    own = ["-c", str(PACKAGE / "beacon.toml"), f"--rootdir={SUITE}", "--disable-plugin-autoload"]
    own += [part for name in _plugins() for part in ("-p", name)]
    own.append(str(SUITE))
    if why := too_few_files():
        sys.stderr.write(f"ERROR: {why}\n")
        return ExitStatus.SUITE_FAULT
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        status = int(pytest.main([*own, *arguments], plugins=plugins))
    text = errors.getvalue()
    sys.stderr.write(inert(_in_one_line(text) if status == ExitStatus.USAGE else text))
    return status


def _plugins() -> list[str]:
    """Return pytest's names of the plugins that a run uses. Others that are installed are not loaded: options may clash."""
    return ["html", "metadata", *(["xdist"] if find_spec("xdist") is not None else []), "conformance.plugin"]


def _judge_several(parsed: Namespace, names: Sequence[str], others: Sequence[str]) -> int:
    """Judge several targets of a configuration file. Raises ConfigurationError before anything is sent."""
    jobs = parsed.beacon_jobs if parsed.beacon_jobs is not None else "1"
    if not jobs.isdecimal() or int(jobs) < 1:
        raise ConfigurationError(f"--jobs {jobs}: must be a whole number of at least 1")
    options = given_options(parsed)
    targets = multi_target.named_targets(
        read_file(Path(parsed.beacon_config)),
        names,
        options,
        os.environ,
        allow_production=parsed.beacon_allow_production,
    )
    return multi_target.judge(
        targets,
        [*others, *passed_on(parsed), *emptied(parsed), "--config", parsed.beacon_config],
        multi_target.environment_with(options, os.environ),
        int(jobs),
    )


def _in_one_line(complaint: str) -> str:
    """Return pytest's error about its command line in one line, without usage, paths and blank lines."""
    lines = [line for line in complaint.splitlines() if line.strip()]
    unknown = re.search(r"unrecognized arguments: (\S+)", complaint)
    if unknown is None:
        return "\n".join(lines) + "\n"
    return f"ERROR: {no_such_option(unknown[1])}\n"
