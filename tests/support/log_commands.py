"""What CI systems obey in a job's log, as they describe it themselves; shares nothing with the code under test."""

import re

COMMANDS = (
    "::error::owned",
    "::error file=app.js,line=1::owned",
    "::add-mask::a",
    "::stop-commands::pause",
    "::set-output name=a::b",
    "##[error]owned",
    "##[set-env name=PATH;]/evil",
    "##vso[task.setvariable variable=PATH]/evil",
    "##vso[task.complete result=Succeeded;]done",
    "##teamcity[buildStatus status='SUCCESS']",
    "section_start:1700000000:owned",
    "section_end:1700000000:owned",
    "travis_fold:start:owned",
    "--- a section",
    "+++ a section",
    "~~~ a section",
    "^^^ +++",
)
"""Attacks on a log; each begins a line."""


def obeyed(log: str) -> list[str]:
    """Return the lines of a log that a CI system would obey."""
    found = []
    for line in re.split(r"[\r\n]", log):
        begins = re.sub(r"^(\x1b\[[0-9;]*m|\s)+", "", line)
        if (
            re.match(r"::\s*[a-z-]+[^:]*::", begins, re.IGNORECASE)
            or re.search(r"##(\[|vso\[|teamcity\[)", line, re.IGNORECASE)
            or re.search(r"section_(start|end):\d+:", line)
            or "travis_fold:" in line
            or begins.startswith(("--- ", "+++ ", "~~~ ", "^^^ +++"))
        ):
            found.append(line)
    return found
