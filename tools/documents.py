"""Writes what is generated from the project itself: ``make docs``. A test compares it with what is in the tree."""

import re
from collections.abc import Iterator
from pathlib import Path

from conformance.cli import proofs
from conformance.cli.requirements import anchor, chapter_page, escaped, topic_of
from conformance.mutants.coverage import mutants_of
from conformance.requirements import ALL, BY_ID, CHAPTERS, Level, Needs, Requirement
from conformance.requirements.open_questions import OPEN_QUESTIONS
from conformance.requirements.sets import content_of, find_set, names
from tools import certificates, matrix, signatures
from tools.checks import checks_of

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "docs" / "requirements"
KILL_MATRIX = ROOT / "docs" / "kill-matrix"
CONTRACT = ROOT / "docs" / "contract.md"
README = ROOT / "README.md"
PROOFS = ROOT / "conformance" / "cli" / proofs.FILE
IDS = ROOT / "tests" / "requirements" / "requirement_ids.txt"
SETS = ROOT / "conformance" / "requirements" / "sets"
FROZEN = ROOT / "tests" / "requirements" / "frozen_sets.txt"
"""A line for each frozen set: its name and the SHA-256 of its file. A set that is not in it is still open, and is written again."""
GENERATED = re.compile(r"(<!-- Generated .*? -->\n).*?(<!-- End -->)", re.DOTALL)
INDEX = """# The requirements

<!-- Generated from conformance/requirements/ by `make docs`. -->

What is asked of a target, a page a chapter: how each requirement is judged, which deliberately wrong targets it has to catch,
and what a failure usually means. `beacon-conformance requirements ID` prints one of them.

"""


def generated() -> dict[Path, str]:
    """Return the content of every generated file by its path."""
    pages = {REQUIREMENTS / "README.md": index(), KILL_MATRIX / "README.md": matrix.index()}
    for chapter in CHAPTERS:
        pages[REQUIREMENTS / f"{chapter}.md"] = chapter_page(chapter)
        pages[KILL_MATRIX / f"{chapter}.md"] = matrix.chapter_page(chapter)
    for name in open_sets():
        pages[SETS / f"{name}.json"] = content_of(name)
    return {
        **pages,
        **certificates.files(),
        signatures.FILE: signatures.text(),
        CONTRACT: contract(),
        README: readme(),
        IDS: ids(),
        PROOFS: proved(),
    }


def proved() -> str:
    """Return the checks and the mutants of every requirement, for ``beacon-conformance requirements``."""
    return proofs.as_text(
        {
            one.id: proofs.Proofs(
                tuple(proofs.Check(check.sentence, check.module) for check in checks_of(one)),
                tuple(proofs.Mutant(mutant.name, mutant.mistake) for mutant in mutants_of(one)),
            )
            for one in ALL
        }
    )


def open_sets() -> list[str]:
    """Return the requirement sets that may still change."""
    return [name for name in names() if name not in FROZEN.read_text("utf-8").split()]


def index() -> str:
    """Return the page that leads to the chapters of the requirements."""
    lines = [f"| chapter | what it asks | {' | '.join(Level)} |", f"|---|---|{'---|' * len(Level)}"]
    for chapter in CHAPTERS:
        levels = [one.level for one in ALL if one.chapter == chapter]
        counts = " | ".join(str(levels.count(level)) for level in Level)
        lines.append(f"| [{chapter}]({chapter}.md) | {topic_of(chapter)} | {counts} |")
    return INDEX + "\n".join(lines) + "\n"


def contract() -> str:
    """Return the page of the contract with its open questions written again."""
    text = CONTRACT.read_text("utf-8")
    lines = "\n".join(_open_questions())
    return GENERATED.sub(lambda found: f"{found[1]}{lines}\n{found[2]}", text)


def _open_questions() -> Iterator[str]:
    for number, item in enumerate(OPEN_QUESTIONS, start=1):
        yield f"{number}. **{escaped(item.question)}** {escaped(item.reading)}"
        if item.requirements:
            yield f"   Verdicts that depend on it: {', '.join(map(_link, item.requirements))}."


def _link(requirement: Requirement) -> str:
    return f"[`{requirement.id}`](requirements/{requirement.chapter}.md#{anchor(requirement)})"


def readme() -> str:
    """Return the README with its figures brought up to date: requirements, MUSTs by class, mutants."""
    text = re.sub(
        r"^\d+ requirements\b", f"{len(ALL)} requirements", README.read_text("utf-8"), flags=re.MULTILINE
    )
    for needs in Needs:
        must = sum(one.needs is needs and one.level is Level.MUST for one in ALL)
        text = re.sub(rf"^(\| `{needs}` \| [^|]*\| )\d+( \|)", rf"\g<1>{must}\2", text, flags=re.MULTILINE)
    return re.sub(r"\d+ mutants prove \d+ MUST and \d+ SHOULD", matrix.figures(), text)


def ids() -> str:
    """Return the list of all ids that there ever were: new ones are added, and none is taken away."""
    known = set(IDS.read_text("utf-8").split())
    return "".join(f"{one}\n" for one in sorted(known | BY_ID.keys()))


def main() -> None:
    """Write every generated file, and remove pages of chapters that are gone."""
    for name in open_sets():  # the sample certificates name their digests
        (SETS / f"{name}.json").write_text(content_of(name), "utf-8", newline="\n")
    find_set.cache_clear()
    PROOFS.write_text(proved(), "utf-8", newline="\n")  # the chapters' pages are made of it
    proofs.read_proofs.cache_clear()
    files = generated()
    for folder in (REQUIREMENTS, KILL_MATRIX):
        for path in set(folder.glob("*.md")) - files.keys():
            path.unlink()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    certificates.PAGE.write_text(certificates.page(), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
