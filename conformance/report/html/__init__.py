"""The HTML pages: ``compliance.html``, ``report.html`` and the comparison, with their templates and charts.

Only this package uses Jinja and, in ``report/``, pytest-html. The texts come from ``content/``.
"""
