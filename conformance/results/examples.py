"""Failed generated examples in ``results.json``, which ``--replay`` judges first."""

from pathlib import Path
from typing import Any

from conformance.results import read

Example = dict[str, Any]
"""The generated arguments of a check, as JSON values."""


def read_examples(path: Path) -> dict[str, list[Example]]:
    """Return the failed examples of a results file by the name of their check. Raises UnusableResults."""
    examples: dict[str, list[Example]] = {}
    for requirement in read(path)["requirements"]:
        for finding in requirement["findings"]:
            if finding.get("generated"):
                examples.setdefault(finding["check"], []).append(finding["generated"])
    return examples
