"""The HTML pages: ``compliance.html``, ``report.html`` and the comparison, with their templates and charts.

The only room that knows Jinja, and the only one in ``report/`` that knows pytest-html. What the pages say comes from ``content/``.
"""
