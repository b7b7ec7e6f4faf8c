"""``report.html``: the page of pytest-html, made from results by a pytest session that runs nothing.

The session replays one report for each finding to pytest-html. A run makes its page here too, after its end, so that
the page can be made again from its results. There is no assertion here to rewrite: PYTEST_DONT_REWRITE.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any, Literal

import pytest

from conformance.report.content import excerpts, selection
from conformance.report.content.words import RUN_VERDICTS
from conformance.report.html import pytest_html
from conformance.report.html.accessibility import accessible
from conformance.report.html.page import compliance_part
from conformance.report.text.failure import failure_block
from conformance.results import Results, headline
from conformance.results.verdicts import Outcome, Verdict

# No other plugin and no pytest file of the current folder may change the page.
QUIET = (
    "capture=no",
    "assert=plain",
    "disable-plugin-autoload",
    "noconftest",
    "config-file={empty}",
    "rootdir={folder}",
)
NEEDLESS = (
    *("terminal", "cacheprovider", "logging", "warnings", "junitxml", "faulthandler"),
    *("unraisableexception", "threadexception"),
)
LONGEST_ROW = 2500
"""The longest text of an opened row, in characters. With hundreds of rows, the page must stay small enough to send."""
LONGEST_NAME = 300
"""The longest name of a row."""
LONGEST_ROWS = 2_500_000
"""The longest text of all rows. With more rows than any run has, each gets less."""
TAKING_PART = ("pytest_metadata.plugin", "pytest_html.plugin")
MADE = re.compile(r"(?<=<p>Report generated on )\S+ at \S+")
TOOK = re.compile(r'(?<=<p class="run-count">).*?(?=</p>)')
FOOTER = "<footer>"
"""What comes after the list."""
PART = "compliance-main"
"""The id of the compliance report."""
BELOW = f"<style>#{PART}{{order:7}}</style>"
"""A style that keeps it below the list, and above the environment."""
CLOCK = "%Y-%m-%d at %H:%M:%S UTC"
GREEN = {Verdict.HELD, Verdict.OBSERVED}


class PageNotMade(RuntimeError):
    """pytest-html did not make a page."""


class Replay:
    """The hooks of a session that collects and runs nothing, and reports the findings of results."""

    def __init__(self, results: Results) -> None:
        self._results = results

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> bool:
        """Collect nothing."""
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Report every finding."""
        session.config.stash[pytest_html.RESULTS] = self._results
        for report in _reports(self._results):
            session.config.hook.pytest_runtest_logreport(report=report)
        return True


def developers_page(results: Results) -> str:
    """Return the page of pytest-html: every check, and the compliance report below. Raises PageNotMade."""
    with tempfile.TemporaryDirectory(prefix="beacon-conformance-") as folder:
        empty, page = Path(folder, "empty.toml"), Path(folder, "report.html")
        empty.write_text("[pytest]\n", "utf-8")
        arguments = [f"--{option.format(empty=empty, folder=folder)}" for option in QUIET]
        arguments += [part for name in NEEDLESS for part in ("-p", f"no:{name}")]
        arguments += [part for name in TAKING_PART for part in ("-p", name)]
        # xdist starts its workers in this way, too; pytest.main() would read PYTEST_ADDOPTS.
        config = pytest.Config.fromdictargs(
            {}, [*arguments, f"--html={page}", "--self-contained-html", folder]
        )
        config.pluginmanager.register(pytest_html.CompliancePage())
        config.pluginmanager.register(Replay(results))
        status = config.hook.pytest_cmdline_main(config=config)
        if not page.exists():
            raise PageNotMade(f"pytest-html did not make a page (pytest ended with status {status})")
        made = _in_its_time(page.read_text("utf-8"), results["run"])
        return accessible(_list_first(made, results))


def _list_first(page: str, results: Results) -> str:
    """Return a page whose first lines link to the compliance report, which comes after the list."""
    part = compliance_part(results).strip()
    word = RUN_VERDICTS[results["verdict"]]
    first = (
        f"<p><strong>{word.shape} {word.text}.</strong> {escape(headline(results))}</p>\n"
        f'<p>Every check is listed here. <a href="#{PART}">The compliance report</a> is below the list, and alone in'
        " <code>compliance.html</code>.</p>"
    )
    before, found, after = page.partition(part)
    listed, footer, end = after.rpartition(FOOTER)
    if not found or not footer:
        return page
    return f"{before}{BELOW}{first}{listed}{part}\n{footer}{end}"


def _in_its_time(page: str, run: selection.Item) -> str:
    """Return a page with the time and duration of the run instead of those of the replay."""
    started, finished = (datetime.fromisoformat(run[name]) for name in ("started", "finished"))
    took = f"The run took {(finished - started).total_seconds():.1f} s."
    dated = MADE.sub(lambda _: finished.strftime(CLOCK), page, count=1)
    return TOOK.sub(lambda _: took, dated, count=1)


def _reports(results: Results) -> Iterator[pytest.TestReport]:
    """Yield the reports that pytest would have made of each finding."""
    seen: Counter[str] = Counter()
    rows = sum(len(requirement["findings"]) for requirement in results["requirements"])
    longest = min(LONGEST_ROW, LONGEST_ROWS // max(rows, 1))
    for requirement in results["requirements"]:
        for finding in requirement["findings"]:
            name = excerpts.one_line(finding["check"])
            seen[name] += 1
            # Two modules may have checks of the same name, and pytest-html identifies rows by name.
            name = f"{seen[name]}/{name}" if seen[name] > 1 else name
            yield from _phases(requirement, finding, excerpts.cut(name, LONGEST_NAME), longest)


def _phases(
    requirement: selection.Item, finding: selection.Item, name: str, longest: int
) -> Iterator[pytest.TestReport]:
    """Yield the reports of a call and of its teardown; at the teardown pytest-html makes the row."""
    identity: dict[str, Any] = {"nodeid": name, "location": (name, None, name), "keywords": {}}
    properties = {
        "requirement": requirement["id"],
        **{key: requirement[key] for key in ("level", "class", "basis")},
        "verdict": finding["verdict"],
    }
    yield pytest.TestReport(
        **identity,
        when="call",
        outcome=_outcome(finding),
        longrepr=_text(requirement, finding, longest) or None,
        duration=finding["seconds"],
        user_properties=list(properties.items()),
    )
    yield pytest.TestReport(**identity, when="teardown", outcome="passed", longrepr=None)


def _outcome(finding: selection.Item) -> Literal["passed", "failed", "skipped"]:
    if finding["outcome"] == Outcome.SUITE_FAULT or finding["verdict"] == Verdict.VIOLATED:
        return "failed"
    return "passed" if finding["verdict"] in GREEN else "skipped"


def _text(requirement: selection.Item, finding: selection.Item, longest: int) -> str:
    """Return the text of an opened row: the failure block, the traceback of a fault, or the reason."""
    if finding["outcome"] == Outcome.SUITE_FAULT:
        return excerpts.shortened(str(finding.get("traceback") or finding["reason"]), 8 * longest)
    if finding["verdict"] in selection.FAILING and finding["evidence"]:
        return excerpts.shortened(failure_block(requirement, finding), longest)
    return excerpts.shortened(str(finding["reason"]), longest)
