"""Where a check stands in the suite: in which file, and in which place."""

from dataclasses import replace

import pytest

from conformance.results.verdicts import Finding


def located(finding: Finding, item: pytest.Item) -> Finding:
    """Return a finding with the place of its check, which is the same in every process and order of a run."""
    line = item.location[1] or 0
    callspec = getattr(item, "callspec", None)
    indices = callspec.indices.values() if callspec is not None else ()
    return replace(finding, module=f"{item.path.parent.name}/{item.path.name}", order=[line, *indices])
