"""Loads the plugin, so that ``pytest`` in a checkout takes the suite's options."""

pytest_plugins = ["conformance.plugin"]
