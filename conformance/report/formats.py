"""The files of a report, and the function that makes each of them from results."""

import json
from collections.abc import Callable
from pathlib import Path

from conformance.report import files
from conformance.report.badge import badge, badge_image
from conformance.report.html.page import compliance_page
from conformance.report.junit import junit
from conformance.report.markdown.summary import summary
from conformance.results import Results


def _developers_page(results: Results) -> str:
    from conformance.report.html.report_html import developers_page  # noqa: PLC0415 - only this page needs pytest

    return developers_page(results)


FORMATS: dict[str, Callable[[Results], str]] = {
    "compliance.html": compliance_page,
    "summary.md": summary,
    "junit.xml": junit,
    "badge.json": lambda results: json.dumps(badge(results), ensure_ascii=False, indent=1) + "\n",
    "badge.svg": badge_image,
    "report.html": _developers_page,
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
