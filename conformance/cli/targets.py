"""The targets that a command line names, and their settings."""

import argparse
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from conformance.cli.options import given_options
from conformance.plugin.options import settings_from
from conformance.settings import Settings, read_file


def chosen_names(parsed: argparse.Namespace) -> Sequence[str]:
    """Return the names of the targets to judge; empty if the targets have no names. Raises ConfigurationError."""
    if parsed.beacon_config is None or parsed.beacon_only:
        return list(dict.fromkeys(parsed.beacon_only))
    return read_file(Path(parsed.beacon_config)).names


def each_settings(parsed: argparse.Namespace) -> dict[str, Settings]:
    """Return the settings of each chosen target by name; a target without a name has "". Raises ConfigurationError."""
    return {
        name: settings_from(
            given_options(parsed),
            os.environ,
            parsed.beacon_config,
            only=name,
            allow_production=parsed.beacon_allow_production,
        )
        for name in chosen_names(parsed) or [""]
    }


def note_lines(settings: Iterable[Settings]) -> list[str]:
    """Return what the user may want to know about settings, each note once."""
    return [f"note: {note}" for note in dict.fromkeys(note for one in settings for note in one.notes)]


def label_of(name: str, settings: Settings) -> str:
    """Return the name of a target in the output."""
    return name or ("the bundled reference" if settings.is_reference else settings.target)
