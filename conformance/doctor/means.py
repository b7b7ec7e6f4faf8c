"""Which classes a run could not judge: for lack of an option, or because of what a step saw; pure."""

from collections.abc import Iterator, Sequence

from conformance.doctor.step import Step
from conformance.settings import Settings


def shortcomings(settings: Settings, steps: Sequence[Step]) -> dict[str, str]:
    """Return for each required class that a run could not fully judge what to do about it."""
    found: dict[str, str] = {}
    for needs in settings.require:
        if missing := list(dict.fromkeys(_missing(settings, needs))):
            found[needs] = f"pass {' and '.join(missing)}"
            continue
        stopped = next((step for step in steps if needs in step.keeps_from), None)
        if stopped is not None:
            found[needs] = f"the step {stopped.name} says what to do"
    return found


def _missing(settings: Settings, needs: str) -> Iterator[str]:
    """Yield the options that a class needs and that were not given."""
    if settings.is_reference:
        if needs == "browser" and not settings.has_browser:
            yield "--browser auto"
        return
    if needs in {"http", "browser"} and not settings.origin:
        yield "--origin O"
    if needs == "http" and not (
        settings.other_origin not in {"", settings.origin}
        or settings.other_store_origin not in {"", settings.origin}
    ):
        yield "--other-origin O (a second origin that a store allows)"
    if needs in {"ingestion", "stores"} and not settings.observer:
        yield "--observer SPEC"
    if needs == "stores" and not settings.other_token:
        yield "--other-token T"
    if needs == "browser" and not settings.has_browser:
        yield "--browser auto"
