"""Looks at a target before a run judges it, because most failures are mistakes in the configuration.

This room may send a few requests through the client and read back. It yields steps and judges nothing; ``plugin/`` decides
whether a run goes on.
"""

from collections.abc import Iterator

from conformance.doctor.examination import MOST_REQUESTS, Examination
from conformance.doctor.means import shortcomings
from conformance.doctor.step import Step, StepResult, format_step, summary
from conformance.ingestion import ReadBack
from conformance.settings import Settings

__all__ = ["MOST_REQUESTS", "Step", "StepResult", "examine", "format_step", "shortcomings", "summary"]


def examine(settings: Settings, read_back: ReadBack) -> Iterator[Step]:
    """Yield the steps, and end with the first problem, because nothing can be judged after it.

    Sets ``token_source``, ``needs_origin`` and ``single_connection`` of the target to what it accepts.
    """
    return Examination(settings, read_back).steps()
