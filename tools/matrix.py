"""The pages of the kill matrix, from what the mutants declare; `make kill-matrix` holds every mutant to it."""

from collections.abc import Iterable, Iterator

from conformance.cli.requirements import escaped
from conformance.mutants import ALL as MUTANTS
from conformance.mutants import Mutant
from conformance.mutants.coverage import JUDGED, mutants_of
from conformance.mutants.crosstalk import why
from conformance.requirements import ALL, CHAPTERS, Level, Requirement

GENERATED = "<!-- Generated from conformance/mutants/ by `make docs`. -->"
INDEX = f"""# The kill matrix

{GENERATED}

A mutant is the bundled reference with one mistake in it. `make kill-matrix` serves each of them, has the whole suite judge
it, and fails where the requirement that it breaks does not turn red (the mutant survives), or where a requirement turns red
that is not named on these pages (a stranger). Red is violated, warned or unstable. A quick run decides; what it leaves out of
a mutant's own requirements is judged at standard effort. Schemathesis' two requirements judge their own mutants only.
"Perhaps" is what a mistake breaks or not depending on where events happen to stand in a batch.
"""


def figures() -> str:
    """Return the one sentence that the README repeats."""
    proved = {mutant.breaks for mutant in MUTANTS}
    must, should = (sum(one.level is level for one in proved) for level in (Level.MUST, Level.SHOULD))
    return f"{len(MUTANTS)} mutants prove {must} MUST and {should} SHOULD"


def index() -> str:
    """Return the page that leads to the chapters."""
    return "\n".join([INDEX, *_summary()]) + "\n"


def _summary() -> Iterator[str]:
    alone = sum(not (mutant.also or mutant.perhaps) for mutant in MUTANTS)
    yield f"{figures()}; {alone} of them break one requirement and no other.\n"
    yield "| chapter | MUST | of them proved | SHOULD | of them proved | mutants |"
    yield "|---|---|---|---|---|---|"
    for chapter in CHAPTERS:
        yield _counted(f"[{chapter}]({chapter}.md)", _judged_in(chapter))
    yield _counted("**all**", JUDGED)


def _judged_in(chapter: str) -> tuple[Requirement, ...]:
    return tuple(one for one in JUDGED if one.chapter == chapter)


def _counted(name: str, asked: Iterable[Requirement]) -> str:
    cells: list[object] = [name]
    for level in (Level.MUST, Level.SHOULD):
        of_level = [one for one in asked if one.level is level]
        cells += [len(of_level), sum(bool(mutants_of(one)) for one in of_level)]
    return _row(*cells, sum(len(mutants_of(one)) for one in asked))


def chapter_page(chapter: str) -> str:
    """Return the page of a chapter: the mutants of each requirement, and why some turn others red."""
    return "\n".join([*_by_requirement(chapter), *_cross_talk(chapter)]) + "\n"


def _by_requirement(chapter: str) -> Iterator[str]:
    yield f"# The kill matrix: {chapter}\n"
    yield f"{GENERATED}\n"
    yield "Each requirement's own mutants, with what each does wrong, and those of other requirements that turn it red as well."
    for requirement in _judged_in(chapter):
        yield f"\n## {requirement.id}\n"
        yield f"{requirement.level}. {escaped(requirement.statement)}\n"
        yield "| mutant | its mistake | turns red besides |"
        yield "|---|---|---|"
        for mutant in mutants_of(requirement):
            yield _row(f"`{mutant.name}`", escaped(mutant.mistake), _besides(mutant))
        for how in ("also", "perhaps"):
            others = [mutant for mutant in MUTANTS if requirement in getattr(mutant, how)]
            if others:
                yield f"\n{how.capitalize()} by {_names(others)}."


def _cross_talk(chapter: str) -> Iterator[str]:
    rows = [row for broken in _judged_in(chapter) for row in _reasons(broken)]
    if rows:
        yield "\n## Cross-talk\n"
        yield "Why a mutant of one requirement turns another one red, by its nature.\n"
        yield "| breaks | and so | because | mutants |"
        yield "|---|---|---|---|"
        yield from rows


def _reasons(broken: Requirement) -> Iterator[str]:
    found: dict[str, dict[Requirement, None]] = {}
    for mutant in mutants_of(broken):
        for also in (*mutant.also, *mutant.perhaps):
            found.setdefault(why(broken, also), {})[also] = None
    for reason, also_broken in found.items():
        by = [
            mutant
            for mutant in mutants_of(broken)
            if not also_broken.keys().isdisjoint((*mutant.also, *mutant.perhaps))
        ]
        yield _row(f"`{broken.id}`", _ids(tuple(also_broken)), reason, _names(by))


def _besides(mutant: Mutant) -> str:
    perhaps = f"perhaps {_ids(mutant.perhaps)}" if mutant.perhaps else ""
    return "; ".join(filter(None, (_ids(mutant.also), perhaps)))


def _ids(requirements: tuple[Requirement, ...]) -> str:
    return ", ".join(f"`{one.id}`" for one in ALL if one in requirements)


def _names(mutants: list[Mutant]) -> str:
    return ", ".join(f"`{mutant.name}`" for mutant in mutants)


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"
