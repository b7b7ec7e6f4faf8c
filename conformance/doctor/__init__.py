"""What is tried before anything is judged: most red lines are mistakes of the configuration's that nobody was told of."""

from collections.abc import Iterator

from conformance.doctor.examination import MOST_REQUESTS, Examination
from conformance.doctor.step import Step, StepResult, format_step, summary
from conformance.ingestion import ReadBack
from conformance.settings import Settings

__all__ = ["MOST_REQUESTS", "Step", "StepResult", "examine", "format_step", "summary"]


def examine(told: Settings, read_back: ReadBack) -> Iterator[Step]:
    """Yield a line a step, and end with the first problem: nothing can be judged then.

    Settles in which form the target takes its token (``ingestion.target.token_source``), and whether it serves one connection
    at a time (``alone``).
    """
    return Examination(told, read_back).steps()
