"""The reports: pure functions from results to text, with a package for each format and ``content/`` for shared parts.

It imports requirements and results. It decides no verdict and contacts no target: everything that it shows is in
``results.json``.
"""

import json
from collections.abc import Callable
from pathlib import Path

from conformance.report import files
from conformance.report.annotations import annotations
from conformance.report.badge import badge, badge_image
from conformance.report.html.comparison import comparison_page
from conformance.report.html.page import compliance_page, compliance_part
from conformance.report.html.report_html import developers_page
from conformance.report.junit import junit
from conformance.report.markdown.comparison import comparison_markdown
from conformance.report.markdown.summary import summary
from conformance.report.text.comparison import comparison_text
from conformance.report.text.failure import failure_block
from conformance.report.text.repeat import again
from conformance.report.text.terminal import table
from conformance.results import Results

__all__ = [
    "ALL_FILES",
    "FORMATS",
    "again",
    "annotations",
    "badge",
    "badge_image",
    "comparison_markdown",
    "comparison_page",
    "comparison_text",
    "compliance_page",
    "compliance_part",
    "developers_page",
    "failure_block",
    "files",
    "junit",
    "summary",
    "table",
    "write_reports",
]

FORMATS: dict[str, Callable[[Results], str]] = {
    "compliance.html": compliance_page,
    "summary.md": summary,
    "junit.xml": junit,
    "badge.json": lambda results: json.dumps(badge(results), ensure_ascii=False, indent=1) + "\n",
    "badge.svg": badge_image,
    "report.html": developers_page,
}
"""Every file that is made from ``results.json``, and the function that makes it."""


ALL_FILES = frozenset({"results.json", *FORMATS})
"""Every file of a run's report."""


def write_reports(results: Results, directory: Path) -> list[Path]:
    """Write the files that are made from results into a directory, all at once, and return their paths. Raises OSError.

    A run and ``beacon-conformance render`` both use the same functions, so their files are the same byte for byte.
    """
    texts = {name: made_from(results) for name, made_from in FORMATS.items()}
    return files.replace(directory, texts, old=frozenset(FORMATS))
