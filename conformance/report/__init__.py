"""Reports: pure functions of a results file's content."""

from pathlib import Path

from conformance.report.annotations import annotations
from conformance.report.failure import failure_block
from conformance.report.page import compliance_page, compliance_part
from conformance.report.summary import summary
from conformance.report.terminal import table
from conformance.results import Results

__all__ = [
    "annotations",
    "compliance_page",
    "compliance_part",
    "failure_block",
    "summary",
    "table",
    "write_reports",
]


def write_reports(results: Results, directory: Path) -> list[Path]:
    """Write ``compliance.html`` and ``summary.md`` into a directory, and return their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    texts = {"compliance.html": compliance_page(results), "summary.md": summary(results)}
    for name, text in texts.items():
        (directory / name).write_text(text, "utf-8")
    return [directory / name for name in texts]
