"""The settings of a run, from options, environment and configuration file, in one frozen object.

It checks each setting, and an error says what to write instead. It sends nothing and imports no other room.
"""

from conformance.settings.bounds import Effort, Traffic
from conformance.settings.errors import ConfigurationError
from conformance.settings.file import ConfigFile, read_file
from conformance.settings.model import CLASSES, REFERENCE, Settings
from conformance.settings.observer import OBSERVERS, module_of, unusable
from conformance.settings.options import CONFIGURABLE, EVERY_OPTION, OPTIONS, TOKEN_FILES, Group, Option
from conformance.settings.reading import read_settings
from conformance.settings.shown import shown_options
from conformance.settings.trust import check_ca_file, check_client_cert

__all__ = [
    "CLASSES",
    "CONFIGURABLE",
    "EVERY_OPTION",
    "OBSERVERS",
    "OPTIONS",
    "REFERENCE",
    "TOKEN_FILES",
    "ConfigFile",
    "ConfigurationError",
    "Effort",
    "Group",
    "Option",
    "Settings",
    "Traffic",
    "check_ca_file",
    "check_client_cert",
    "module_of",
    "read_file",
    "read_settings",
    "shown_options",
    "unusable",
]
