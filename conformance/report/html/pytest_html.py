"""Adds the compliance report and two columns to the page of pytest-html.

A pytest run that is not a conformance run has no RESULTS, and its reports lack our properties: its page is not changed.
There is no assertion here to rewrite: PYTEST_DONT_REWRITE.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

import pytest

from conformance.report.content.words import TITLE, VERDICTS
from conformance.report.html.page import compliance_part
from conformance.results import Results
from conformance.results.verdicts import Verdict

RESULTS = pytest.StashKey[Results]()
"""The results of the run; they are in ``config.stash`` before pytest-html sees the end of the session."""

ON_TOP = (
    "<style>body{display:flex;flex-direction:column}"
    "#environment-header,#environment{order:8}footer{order:9}</style>"
)
"""A style that moves the summary, which contains the compliance report, above the environment."""
COLUMNS = {"verdict": "Verdict", "requirement": "Requirement"}


class CompliancePage:
    """The hooks of one pytest session."""

    def __init__(self) -> None:
        self._page: Any = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_report_title(self, report: Any) -> None:
        """Keep the page for the later hooks, which know whether this is a conformance run."""
        self._page = report

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """Add verdict and requirement to a row; the first check adds the columns."""
        properties = dict(getattr(report, "user_properties", ()))
        if "requirement" not in properties and not self._has_columns():
            return
        if not self._has_columns():
            headers = [
                f'<th class="sortable" data-column-type="{name}">{title}</th>'
                for name, title in COLUMNS.items()
            ]
            self._page.table_header = [*self._page.table_header[:1], *headers, *self._page.table_header[1:]]
        cells[1:1] = [_cell(name, _cell_text(name, properties)) for name in COLUMNS]
        where = report.nodeid if report.when == "call" else f"{report.nodeid}::{report.when}"
        cells[3] = _cell("testId", where)  # pytest-html inserts it as it is

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str], session: pytest.Session) -> None:
        """Put the compliance report at the top, and escape the environment."""
        results = session.config.stash.get(RESULTS, None)
        if results is None:
            return
        self._page.title = TITLE
        self._page.set_data("environment", _escape_html_cells(_environment(results)))
        prefix.append(ON_TOP + compliance_part(results))

    def _has_columns(self) -> bool:
        return any('data-column-type="verdict"' in header for header in self._page.table_header)


def pytest_configure(config: pytest.Config) -> None:
    """Register the hooks of this session."""
    config.pluginmanager.register(CompliancePage())


def _environment(results: Results) -> dict[str, str]:
    """Return the facts of a run. They replace the facts of this machine, because the run may have been elsewhere."""
    suite, run, target = results["suite"], results["run"], results["target"]
    return {
        "Suite": f"{suite['name']} {suite['version']}",
        "Requirements": suite["requirements"],
        "OpenAPI": suite["openapi"],
        "Target": f"{target['url']} ({target['kind']})",
        **({"Implementation": target["implementation"]} if "implementation" in target else {}),
        "Read-back": target["observer"] or "none",
        "Run": f"{run['id']}, {run['started']} to {run['finished']}, seed {run['seed']}",
    }


def _cell(name: str, text: str) -> str:
    """Return an escaped cell of the table: pytest-html inserts cells as they are."""
    return f'<td class="col-{name}">{escape(text)}</td>'


def _cell_text(name: str, properties: Mapping[str, object]) -> str:
    value = str(properties.get(name, ""))
    if name == "verdict" and value in set(Verdict):
        word = VERDICTS[Verdict(value)]
        return f"{word.shape} {word.text}"
    if name == "requirement" and "level" in properties:
        return f"{value} ({properties['level']})"
    return value


def _escape_html_cells(value: Any) -> Any:
    """Return the environment with every text escaped: pytest-html inserts it as it is."""
    if isinstance(value, Mapping):
        return {escape(str(key)): _escape_html_cells(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_escape_html_cells(item) for item in value]
    return escape(str(value))
