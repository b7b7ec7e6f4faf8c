"""The seam to pytest: options, the run, fixtures, outcomes, results, a small module each.

Only what needs pytest's hooks, configuration or reports belongs here. It may import every room but ``mutants``, ``suite``
and ``cli``.
"""

pytest_plugins = [
    "conformance.plugin.options",
    "conformance.plugin.session",
    "conformance.plugin.redaction",
    "conformance.plugin.fixtures",
    "conformance.plugin.outcomes",
    "conformance.plugin.results",
    "conformance.plugin.progress",
    "conformance.report.html.pytest_html",
]
