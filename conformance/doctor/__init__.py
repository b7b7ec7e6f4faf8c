"""What is tried before anything is judged: most red lines are mistakes of the configuration's that nobody was told of."""

from collections.abc import Iterator

from conformance.doctor.lines import Line, Sign, shown, summed_up
from conformance.doctor.steps import MOST_REQUESTS, Examination
from conformance.ingestion import Ingestion
from conformance.settings import Settings

__all__ = ["MOST_REQUESTS", "Line", "Sign", "examine", "shown", "summed_up"]


def examine(told: Settings, ingestion: Ingestion) -> Iterator[Line]:
    """Yield a line a step, and end with the first problem: nothing can be judged then.

    Settles in which form the target takes its token (``ingestion.target.form``), and whether it serves one connection
    at a time (``alone``).
    """
    return Examination(told, ingestion).lines()
