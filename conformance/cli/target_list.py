"""``beacon-conformance targets``: lists the targets of a configuration file, so that a CI system can start a job for each."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.cli.command import parser_of
from conformance.cli.help import examples, in_lines
from conformance.report.text.log import inert
from conformance.results.verdicts import ExitStatus
from conformance.settings import ConfigFile, ConfigurationError, read_file

SHOWN = ("target", "implementation")
"""The keys of a target that are listed. None of them may be secret, so the file's variables need not be set."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = in_lines(
        "List the targets of a configuration file: their names and URLs, without a token. Nothing is sent."
    )
    parser.epilog = examples("targets --config beacon.toml", "targets --config beacon.toml --json")
    parser.add_argument("--config", type=Path, required=True, metavar="F", help="a TOML file with targets")
    parser.add_argument(
        "--json", action="store_true", help="one line of JSON, such as the matrix of a CI system takes"
    )


def run(arguments: Sequence[str]) -> int:
    """Print the targets of a file, in its order. Raises ConfigurationError if it has none, or is not usable."""
    parsed = parser_of("targets", add_arguments).parse_args(arguments)
    file = read_file(parsed.config)
    listed = [_target(file, name) for name in file.names]
    if not listed:
        raise ConfigurationError(
            f"--config {parsed.config}: names no targets; write a table [targets.NAME] for each"
        )
    if parsed.json:
        sys.stdout.write(json.dumps(listed) + "\n")
        return ExitStatus.CONFORMANT
    width = max(len(one["name"]) for one in listed)
    for one in listed:
        shown = "  ".join(one[key] for key in SHOWN if key in one)
        sys.stdout.write(inert(f"{one['name']:<{width}}  {shown}\n"))
    return ExitStatus.CONFORMANT


def _target(file: ConfigFile, name: str) -> dict[str, str]:
    """Return what is listed of a target. Raises ConfigurationError if it has no URL."""
    found = {key: value for key in SHOWN if (value := file.written(key, name))}
    if "target" not in found:
        raise ConfigurationError(f"--config {file.path}, [targets.{name}]: has no target; give it a base URL")
    return {"name": name, **found}
