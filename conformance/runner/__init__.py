"""Runs checks and makes findings: a second call after a violation, generated examples, several threads, Schemathesis.

Hooks, fixtures and reports of pytest belong to ``plugin/``.
"""
