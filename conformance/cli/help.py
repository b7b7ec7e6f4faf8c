"""How ``--help`` looks: the options in groups, one line each, and examples below."""

import argparse
import shutil
import textwrap
from collections.abc import Collection, Sequence

from conformance.settings import EVERY_OPTION, Group

NARROWEST, WIDEST = 80, 100
COLUMN = 26
"""Where the description of an option begins."""
OTHER_SOURCES = (
    "Options can also come from BEACON_… variables (--other-token: BEACON_OTHER_TOKEN) and from a file\n"
    "(--config F); docs/options.md describes each. Put tokens into the environment or a file."
)


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Leaves the lines of descriptions and examples as they are, and uses at most the width of the terminal."""

    def __init__(self, prog: str) -> None:
        columns = shutil.get_terminal_size((NARROWEST, 24)).columns
        super().__init__(prog, max_help_position=COLUMN, width=min(max(columns, NARROWEST), WIDEST))


class DenseFormatter(Formatter):
    """Leaves no empty line between the groups: a long help should fit on two screens."""

    def format_help(self) -> str:
        """Return the help."""
        dense: list[str] = []
        for line in super().format_help().split("\n"):
            if line or not dense or not dense[-1].startswith("  -"):
                dense.append(line)
        return "\n".join(dense)


def add_grouped_options(parser: argparse.ArgumentParser, shown: Collection[Group] = tuple(Group)) -> None:
    """Add every option of a run to a parser. Those of other groups are accepted, too, but the help leaves them out."""
    for group in Group:
        section = parser.add_argument_group(str(group)) if group in shown else parser
        for option in EVERY_OPTION:
            if option.group is not group:
                continue
            text = option.help if group in shown else argparse.SUPPRESS
            section.add_argument(option.flag, **{**option.declaration, "help": text})


def examples(*lines: str) -> str:
    """Return the examples of a command, for the end of its help."""
    return "\n".join(["examples:", *(f"  beacon-conformance {line}" for line in lines)])


def in_lines(text: str) -> str:
    """Return a text in lines that fit on every terminal."""
    return textwrap.fill(text, NARROWEST)


def with_exit_statuses(lines: Sequence[str], text: str) -> str:
    """Return examples with what the exit statuses mean below."""
    return f"{examples(*lines)}\n\n{in_lines(text)}"
