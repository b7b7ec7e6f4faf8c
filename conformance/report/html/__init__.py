"""The HTML pages: ``compliance.html``, ``report.html`` and the comparison, with their templates and charts."""
