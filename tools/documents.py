"""Writes what is generated from the project itself: ``make docs``. A test compares it with what is in the tree."""

import importlib
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import conformance
from conformance.cli import requirements as listing
from conformance.mutants import ALL as MUTANTS
from conformance.requirements import ALL, Requirement
from conformance.requirements.open_questions import OPEN_QUESTIONS
from conformance.requirements.proofs import FILE

ROOT = Path(__file__).parents[1]
PROOFS = Path(conformance.__file__).parent / "requirements" / FILE
REQUIREMENTS = ROOT / "docs" / "requirements.md"
CONTRACT = ROOT / "docs" / "contract.md"
GENERATED = re.compile(r"(<!-- Generated .*? -->\n).*?(<!-- End -->)", re.DOTALL)


def checks() -> Iterator[tuple[Requirement, FunctionType, str]]:
    """Yield every check of the suite with the requirement that it judges, in the order of the suite."""
    for path in sorted((Path(conformance.__file__).parent / "suite").glob("test_*.py")):
        module = importlib.import_module(f"conformance.suite.{path.stem}")
        for function in vars(module).values():
            if inspect.isfunction(function) and function.__name__.startswith("test_"):
                for requirement in dict.fromkeys(_judged_by(function)):
                    yield requirement, function, path.name


def _judged_by(function: FunctionType) -> Iterator[Requirement]:
    """Yield the requirements that a function's marks name, those of its parameters among them."""
    for mark in getattr(function, "pytestmark", ()):
        if mark.name == "requirement":
            yield mark.args[0]
        elif mark.name == "parametrize":
            for parameters in mark.args[1]:
                for inner in getattr(parameters, "marks", ()):
                    if inner.name == "requirement":
                        yield inner.args[0]


def _sentence(name: str) -> str:
    words = name.removeprefix("test_").replace("_", " ")
    return re.sub(r" s\b", "'s", words)


def proofs() -> str:
    """Return how each requirement is judged and proved, as JSON."""
    every = list(checks())
    content = {
        one.id: {
            "checks": [
                {"sentence": _sentence(function.__name__), "module": module}
                for requirement, function, module in every
                if requirement is one
            ],
            "mutants": [
                {"name": mutant.name, "mistake": mutant.mistake} for mutant in MUTANTS if mutant.breaks is one
            ],
        }
        for one in ALL
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def open_questions() -> str:
    """Return the ambiguity register as Markdown."""
    lines: list[str] = []
    for number, item in enumerate(OPEN_QUESTIONS, start=1):
        rests = ", ".join(
            f"[`{one.id}`](requirements.md#{one.id.replace('.', '')})" for one in item.requirements
        )
        lines.append(f"{number}. **{listing.inert(item.question)}** {listing.inert(item.reading)}")
        if rests:
            lines.append(f"   On this rest: {rests}.")
    return "\n".join(lines) + "\n"


def contract() -> str:
    """Return the page of the contract with its generated part made again."""
    text = CONTRACT.read_text("utf-8")
    return GENERATED.sub(lambda found: f"{found[1]}{open_questions()}{found[2]}", text)


def main() -> None:
    """Write what is generated, proofs first: the page of the requirements is made of them."""
    PROOFS.write_text(proofs(), "utf-8")
    REQUIREMENTS.write_text(listing.markdown(), "utf-8")
    CONTRACT.write_text(contract(), "utf-8")


if __name__ == "__main__":
    main()
