"""Colours of verdicts on a terminal, and the lines that say where the reports are."""

from pathlib import Path

import pytest

from conformance.report.text.colours import coloured
from conformance.report.text.paths import report_lines


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        (
            "violated     token.header-wins  got 201",
            [("violated", "red"), ("     token.header-wins  got 201", "")],
        ),
        (
            "http        required       55 of 55   conformant",
            [("http        required       55 of 55   ", ""), ("conformant", "green"), ("", "")],
        ),
        (
            "stores      not required    0 of 3    not fully verified",
            [("stores      not required    0 of 3    ", ""), ("not fully verified", "yellow"), ("", "")],
        ),
        ("NON-CONFORMANT: It breaks 2 MUST.", [("NON-CONFORMANT", "red"), (": It breaks 2 MUST.", "")]),
        (
            "204 requirements: 2 violated, 160 held, 3 observed",
            [
                ("204 requirements: 2 ", ""),
                ("violated", "red"),
                (", 160 ", ""),
                ("held", "green"),
                (", 3 observed", ""),
            ],
        ),
        ("  got       a text   conformant", [("  got       a text   conformant", "")]),
    ],
)
def test_the_verdicts_of_a_line_are_coloured_and_nothing_else(
    line: str, pieces: list[tuple[str, str]]
) -> None:
    assert pieces == list(coloured(line))
    assert line == "".join(text for text, _ in coloured(line))


def test_the_reports_are_two_lines_and_the_page_to_open_is_the_last() -> None:
    names = ("results.json", "compliance.html", "junit.xml", "report.html")

    lines = report_lines([Path("/out") / name for name in names])

    assert lines == ["reports: /out/results.json, junit.xml, report.html", "open: /out/compliance.html"]


def test_a_file_elsewhere_is_named_with_its_folder() -> None:
    paths = [Path("/out/compliance.html"), Path("/out/summary.md"), Path("/ci/junit.xml")]

    assert report_lines(paths)[0] == "reports: /out/summary.md, /ci/junit.xml"


def test_without_files_there_are_no_lines() -> None:
    assert report_lines([]) == []
