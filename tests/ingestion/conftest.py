"""The fixtures of the tests of read-back."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest

from conformance import reference
from conformance.ingestion.submissions import Submissions
from conformance.inputs.batches import BatchSpec
from conformance.inputs.events import EventSpec
from tests.support.stored import looking
from tests.support.submissions import Counting, Make


@pytest.fixture
def make() -> Iterator[Make]:
    """Make submissions to rules that count, and return both."""
    with ExitStack() as opened:

        def made(
            rules: type[Counting], specs: Sequence[EventSpec | BatchSpec]
        ) -> tuple[Submissions, Counting]:
            server = opened.enter_context(reference.Server(rules, delay=0.005))
            counting = server.rules
            assert isinstance(counting, Counting)
            return Submissions(opened.enter_context(looking(server)), specs), counting

        yield made
