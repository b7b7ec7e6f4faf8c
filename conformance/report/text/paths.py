"""Where the reports of a run are, in two lines."""

from collections.abc import Sequence
from pathlib import Path

PAGE = "compliance.html"


def report_lines(paths: Sequence[Path]) -> list[str]:
    """Return where the files are, and last the page to open; nothing if there are no files."""
    if not paths:
        return []
    page = next((path for path in paths if path.name == PAGE), None)
    folder = (page or paths[0]).parent
    others = [path.name if path.parent == folder else str(path) for path in paths if path is not page]
    lines = [f"reports: {folder / ', '.join(others)}"] if others else []
    return [*lines, f"open: {page}"] if page is not None else lines
