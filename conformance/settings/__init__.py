"""Everything a run is told: options, environment and file, one frozen object."""

from conformance.settings.model import CLASSES, REFERENCE, Effort, Settings
from conformance.settings.observer import OBSERVERS, PLACEHOLDERS, SQL
from conformance.settings.options import OPTIONS, ConfigurationError, Option
from conformance.settings.reading import read_settings

__all__ = [
    "CLASSES",
    "OBSERVERS",
    "OPTIONS",
    "PLACEHOLDERS",
    "REFERENCE",
    "SQL",
    "ConfigurationError",
    "Effort",
    "Option",
    "Settings",
    "read_settings",
]
