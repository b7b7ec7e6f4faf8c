"""Judges any implementation of the Tracking API's ``POST /beacon`` against its contract."""

__version__ = "0.1.0"
