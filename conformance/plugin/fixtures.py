"""What checks ask for. All are the session's: evidence rides on exchanges, never on a fixture.

A precondition that is missing here skips, as pytest remembers no other exception of a session's fixture; judging
takes that for not judged.
"""

from collections.abc import Iterator

import pytest

from conformance.client import Target
from conformance.ingestion import ReadBack
from conformance.ingestion.arrangements import Arrangement, Arrangements
from conformance.ingestion.panel import Panel, specs_of
from conformance.inputs.factory import EventFactory
from conformance.plugin.checks import checks_of
from conformance.plugin.run import Run
from conformance.plugin.state import run_of, state_of
from conformance.runner.memo import Memo
from conformance.runner.pool import Pool


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Run:
    """The run, established; without a target that is there to be judged, nothing is."""
    run = run_of(pytestconfig)
    assert run is not None  # noqa: S101 - a session that asks for fixtures has begun a run
    if run.unreachable:
        pytest.skip(run.unreachable)
    return run


@pytest.fixture(scope="session", autouse=True)
def pool(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Iterator[None]:
    """Runs the checks on several threads; a worker of xdist cannot know which are going to be its own."""
    state = state_of(pytestconfig)
    run = state.run if state is not None else None
    if state is None or run is None or run.unreachable or run.connections == 1:
        yield
        return
    state.checks = checks_of(request, state)
    state.pool = Pool(run.target, run.connections)
    state.pool.submit(state.checks.values())
    yield
    state.pool.close()


@pytest.fixture(scope="session")
def target(run: Run) -> Target:
    """The URL under test."""
    return run.target


@pytest.fixture(scope="session")
def memo() -> Memo:
    """Makes what several checks of a run look at."""
    return Memo()


@pytest.fixture(scope="session")
def effort(run: Run) -> str:
    """How much is sent: quick, standard or thorough."""
    return run.settings.effort


@pytest.fixture(scope="session")
def factory(run: Run) -> EventFactory:
    """Makes events that carry the run's mark."""
    return run.factory


@pytest.fixture(scope="session")
def read_back(run: Run) -> ReadBack:
    """Sends, waits and looks; without an observer every view raises NotJudged."""
    return run.read_back


@pytest.fixture(scope="session")
def panel(request: pytest.FixtureRequest, read_back: ReadBack) -> Panel:
    """Every probe that the selected checks ask for, packed into few requests."""
    return Panel(read_back, specs_of(_parameters(request)))


@pytest.fixture(scope="session")
def arrangements(request: pytest.FixtureRequest, read_back: ReadBack) -> Arrangements:
    """Every arrangement that the selected checks ask for, sent together."""
    chosen = dict.fromkeys(value for value in _parameters(request) if isinstance(value, Arrangement))
    return Arrangements(read_back, list(chosen))


def _parameters(request: pytest.FixtureRequest) -> list[object]:
    """Return the parameters of the selected checks."""
    calls = [
        item.callspec
        for item in request.session.items
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
    ]
    return [value for call in calls for value in call.params.values()]


def _told(value: str, what: str, option: str) -> str:
    if not value:
        pytest.skip(f"needs {what}: pass {option}")
    return value


@pytest.fixture(scope="session")
def origin(run: Run) -> str:
    """An origin that the token's store allows."""
    return _told(run.settings.origin, "an origin that the token's store allows", "--origin https://…")


@pytest.fixture(scope="session")
def other_origin(run: Run) -> str:
    """A second one; empty where the run was not told."""
    return run.settings.other_origin


@pytest.fixture(scope="session")
def other_token(run: Run) -> str:
    """A second store's token."""
    return _told(run.settings.other_token, "a second store's token", "--other-token T")


@pytest.fixture(scope="session")
def known_tokens(run: Run) -> list[str]:
    """The tokens of every store that the run was told of."""
    return [token for token in (run.settings.token, run.settings.other_token) if token]


@pytest.fixture(scope="session")
def revoked_token(run: Run) -> str:
    """A token that the target knew once."""
    return _told(run.settings.revoked_token, "a token that was revoked", "--revoked-token T")
