"""Failed generated examples in ``results.json``, which ``--replay`` judges first."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

from conformance.results import read

Example = dict[str, Any]
"""The generated arguments of a check, as JSON has them."""


def example_of(arguments: Mapping[str, Any]) -> Example:
    """Return generated arguments as they are kept; nothing where one of them has no simple form."""
    plain = {
        name: asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
        for name, value in arguments.items()
    }
    return plain if all(isinstance(value, dict | str | int) for value in plain.values()) else {}


def arguments_of(check: Any, example: Example) -> dict[str, Any]:
    """Return the arguments of a generated check's function from an example. Raises ValueError where it does not fit."""
    hints = get_type_hints(check) if check is not None else {}
    arguments: dict[str, Any] = {}
    for name, value in example.items():
        kind = hints.get(name)
        if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, dict):
            try:
                arguments[name] = kind(**{key: _tuples(part) for key, part in value.items()})
            except (TypeError, AttributeError) as error:
                raise ValueError(f"{name}: {error}") from None
        elif kind in {int, str} and type(value) is kind:
            arguments[name] = value
        else:
            raise ValueError(f"{name}: is no argument of the check")
    return arguments


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def read_examples(path: Path) -> dict[str, list[Example]]:
    """Return the failed examples of a results file by the name of their check. Raises UnusableResults."""
    examples: dict[str, list[Example]] = {}
    for requirement in read(path)["requirements"]:
        for finding in requirement["findings"]:
            if finding.get("generated"):
                examples.setdefault(finding["check"], []).append(finding["generated"])
    return examples
