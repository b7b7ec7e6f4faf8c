"""Keeps foreign text in a log from being a command of the system that shows the log. No other module does this.

CI systems obey lines of a job's log: GitHub lines that begin with ``::``, Azure Pipelines ``##vso[`` anywhere in a line.
"""

import re
from dataclasses import dataclass

OBEYED = re.compile(
    r"""
      (?P<begin> ^ (?:\s | \x1b\[[0-9;]*m)* )
        (?: :(?=:\s*[A-Za-z-])                                  # GitHub's ::error::, ::add-mask::, ::stop-commands::
          | [-](?=--\ ) | [+](?=\+\+\ ) | [~](?=~~\ ) | \^(?=\^\^\ \+)   # Buildkite's sections
        )
    | \#(?=\#(?:\[|vso\[|teamcity\[))                              # GitHub's and Azure's ##[, TeamCity's messages
    | [st](?=ection_(?:start|end):\d | ravis_(?:fold|time):)       # GitLab's and Travis' sections
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""The first character of what a CI system obeys, and what stands before it in the line."""
REMEMBERED = 80
"""Characters at the end of an unfinished line: nothing that is obeyed is longer."""


def inert(text: str) -> str:
    """Return a text in which nothing is a command of a CI system: the first character of a command becomes an escape."""
    return "".join(OBEYED.sub(_escape, line) for line in re.split(r"(?<=[\r\n])", text))


def _escape(found: re.Match[str]) -> str:
    before = found["begin"] or ""
    return f"{before}\\x{ord(found[0][len(before)]):02x}"


@dataclass
class Inert:
    """Makes a text inert that comes in pieces."""

    _line: str = ""
    """The end of the line that is not finished yet, as it was returned."""

    def piece(self, text: str) -> str:
        """Return the next piece of the text, so that no command begins in one piece and ends in another."""
        first, *others = re.split(r"(?<=[\r\n])", text)
        parts = [self._continued(first), *map(inert, others)]
        line = parts[-1] if others else self._line + parts[0]
        if line.endswith(("\r", "\n")):
            line = ""
        # What was cut does not begin a line.
        self._line = f"…{line[-REMEMBERED:]}" if len(line) > REMEMBERED else line
        return "".join(parts)

    def _continued(self, text: str) -> str:
        if not self._line or not text:
            return inert(text)
        whole, written = self._line + text, len(self._line)
        if any(found.end() <= written for found in OBEYED.finditer(whole)):
            # Its first character has been written, so the next one becomes an escape.
            return f"\\x{ord(text[0]):02x}{inert(f'…{text[1:]}')[1:]}"
        return inert(whole)[written:]
