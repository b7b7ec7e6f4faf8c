"""What a user can set: options, environment variables and a file, read into one frozen object.

It imports no other room, and neither pytest nor argparse: ``plugin/`` and ``cli/`` offer the options that are declared here.
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
