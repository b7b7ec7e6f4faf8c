"""Writes docs/kill-matrix.md from what the mutants declare; `make kill-matrix` holds every mutant to it."""

from collections.abc import Iterator
from pathlib import Path

from conformance.cli.requirements import inert
from conformance.mutants import ALL as MUTANTS
from conformance.mutants import Mutant
from conformance.mutants.crosstalk import why
from conformance.requirements import ALL, CHAPTERS, Level, Requirement

PAGE = Path(__file__).parents[1] / "docs" / "kill-matrix.md"
JUDGED = tuple(one for one in ALL if one.level is not Level.INFO)
"""What a target can break: each needs a mutant."""
HEAD = """# The kill matrix

<!-- Generated from conformance/mutants/ by `make kill-matrix`. -->

A mutant is the bundled reference with one mistake in it. `make kill-matrix` serves each of them, has the whole suite judge
it, and fails where the requirement that it breaks does not turn red (the mutant survives), or where any other one does
that is not named here (a stranger). Red is violated, warned or unstable. A quick run decides; what it leaves out of a
mutant's own requirements is judged at standard effort. Schemathesis' two requirements judge their own mutants only.
"Perhaps" is what a mistake breaks or not depending on where events happen to stand in a batch.
"""


def figures() -> str:
    """Return the one sentence that the README repeats."""
    proved = {mutant.breaks for mutant in MUTANTS}
    must, should = (sum(one.level is level for one in proved) for level in (Level.MUST, Level.SHOULD))
    return f"{len(MUTANTS)} mutants prove {must} MUST and {should} SHOULD"


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *_summary(), *_by_requirement(), *_cross_talk()])


def _summary() -> Iterator[str]:
    alone = sum(not (mutant.also or mutant.perhaps) for mutant in MUTANTS)
    yield f"{figures()}; {alone} of them break one requirement and no other.\n"
    yield "| chapter | MUST | of them proved | SHOULD | of them proved | mutants |"
    yield "|---|---|---|---|---|---|"
    for chapter in CHAPTERS:
        yield _counted(chapter, [one for one in JUDGED if one.chapter == chapter])
    yield _counted("**all**", JUDGED)
    yield ""


def _counted(name: str, asked: list[Requirement] | tuple[Requirement, ...]) -> str:
    broken = [mutant.breaks for mutant in MUTANTS if mutant.breaks in asked]
    cells: list[object] = [name]
    for level in (Level.MUST, Level.SHOULD):
        of_level = [one for one in asked if one.level is level]
        cells += [len(of_level), sum(one in broken for one in of_level)]
    return _row(*cells, len(broken))


def _by_requirement() -> Iterator[str]:
    yield "## By requirement\n"
    yield "Its own mutants, with what each does wrong, and those of other requirements that turn it red as well."
    for requirement in JUDGED:
        yield f"\n### {requirement.id}\n"
        yield f"{requirement.level}. {inert(requirement.statement)}\n"
        yield "| mutant | its mistake | turns red besides |"
        yield "|---|---|---|"
        for mutant in MUTANTS:
            if mutant.breaks is requirement:
                yield _row(f"`{mutant.name}`", inert(mutant.mistake), _besides(mutant))
        for how in ("also", "perhaps"):
            others = [mutant for mutant in MUTANTS if requirement in getattr(mutant, how)]
            if others:
                yield f"\n{how.capitalize()} by {_names(others)}."
    yield ""


def _cross_talk() -> Iterator[str]:
    yield "## Cross-talk\n"
    yield "Why a mutant of one requirement turns another one red, by its nature.\n"
    yield "| breaks | and so | because | mutants |"
    yield "|---|---|---|---|"
    for broken in JUDGED:
        told: dict[str, dict[Requirement, None]] = {}
        ours = [mutant for mutant in MUTANTS if mutant.breaks is broken]
        for mutant in ours:
            for also in (*mutant.also, *mutant.perhaps):
                told.setdefault(why(broken, also), {})[also] = None
        for reason, also_broken in told.items():
            by = [
                mutant
                for mutant in ours
                if not also_broken.keys().isdisjoint((*mutant.also, *mutant.perhaps))
            ]
            yield _row(f"`{broken.id}`", _ids(tuple(also_broken)), reason, _names(by))
    yield ""


def _besides(mutant: Mutant) -> str:
    perhaps = f"perhaps {_ids(mutant.perhaps)}" if mutant.perhaps else ""
    return "; ".join(filter(None, (_ids(mutant.also), perhaps)))


def _ids(requirements: tuple[Requirement, ...]) -> str:
    return ", ".join(f"`{one.id}`" for one in ALL if one in requirements)


def _names(mutants: list[Mutant]) -> str:
    return ", ".join(f"`{mutant.name}`" for mutant in mutants)


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
