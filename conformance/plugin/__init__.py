"""The connection to pytest: options, the run, fixtures, outcomes, results, one small module each.

Only code that needs pytest's hooks, configuration or reports belongs here. It may import every room except ``mutants``,
``suite`` and ``cli``.
"""

pytest_plugins = [
    "conformance.plugin.options",
    "conformance.plugin.process",
    "conformance.plugin.refusals",
    "conformance.plugin.session",
    "conformance.plugin.redaction",
    "conformance.plugin.fixtures",
    "conformance.plugin.outcomes",
    "conformance.plugin.recording",
    "conformance.plugin.collector",
    "conformance.plugin.results",
    "conformance.plugin.progress",
    "conformance.report.html.pytest_html",
]
