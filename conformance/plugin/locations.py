"""The place of a check in the suite: its file, and its position in the file."""

from dataclasses import replace

import pytest

from conformance.results.verdicts import Finding


def located(finding: Finding, item: pytest.Item) -> Finding:
    """Return a finding with the place of its check. The place is the same in every process and every order of a run."""
    line = item.location[1] or 0
    callspec = getattr(item, "callspec", None)
    indices = callspec.indices.values() if callspec is not None else ()
    return replace(finding, module=f"{item.path.parent.name}/{item.path.name}", order=[line, *indices])
