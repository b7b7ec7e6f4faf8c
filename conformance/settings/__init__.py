"""The settings of a run, from options, environment and configuration file, in one frozen object.

This room decides what can be used and says what to write instead. It sends nothing and imports no other room.
"""

from conformance.settings.file import ConfigFile, read_file
from conformance.settings.model import CLASSES, REFERENCE, Effort, Settings
from conformance.settings.observer import OBSERVERS, PLACEHOLDERS, SQL
from conformance.settings.options import OPTIONS, TOKEN_FILES, ConfigurationError, Option
from conformance.settings.reading import read_settings

__all__ = [
    "CLASSES",
    "OBSERVERS",
    "OPTIONS",
    "PLACEHOLDERS",
    "REFERENCE",
    "SQL",
    "TOKEN_FILES",
    "ConfigFile",
    "ConfigurationError",
    "Effort",
    "Option",
    "Settings",
    "read_file",
    "read_settings",
]
