"""Tests any implementation of the Tracking API's ``POST /beacon`` against its contract.

Each package below is one topic. Only the version is defined here; it is the single source of it.
"""

__version__ = "0.1.0"
