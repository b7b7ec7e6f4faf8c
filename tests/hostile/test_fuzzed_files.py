"""Files from strangers, made by Hypothesis: what reads them raises the named errors and no other, in one line and in time.

The inputs that once broke something are the examples; they are tried first in every run.
"""

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance import results
from conformance.report.formats import FORMATS
from conformance.report.text.terminal import table
from conformance.results.checksum import sealed
from conformance.results.waivers import UnusableWaivers, read_waivers
from conformance.settings import ConfigurationError, read_settings
from tests.support.hostile_results import everything

pytestmark = pytest.mark.hostile

quickly = settings(
    max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**53 - 2, max_value=10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ["token.header-wins", "held", "2026-01-02T03:04:05Z", "9999-12-31", "\ud800", "1" * 400]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "headers", "body"]) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
WHOLE = json.loads(json.dumps(everything()))


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value in a JSON value; of a list, to its first two members."""
    yield place
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _places(member, (*place, name))
    elif isinstance(value, list):
        for index, member in enumerate(value[:2]):
            yield from _places(member, (*place, index))


PLACES = [place for place in _places(WHOLE) if place]
"""Every kind of place in a results file."""


def _with(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(WHOLE))
    part: Any = content
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = value
    return content


@contextlib.contextmanager
def _file(content: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        yield path


def _refused(read: Callable[[Path], object], content: bytes, error: type[Exception]) -> bool:
    """Return whether a file was refused with the named error, whose text is one line."""
    with _file(content) as path:
        try:
            read(path)
        except error as refused:
            text = str(refused)
            assert [text] == text.splitlines()
            assert len(text) < 2000
            return True
    return False


@quickly
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
@example(b"\xff\xfe{\x00}\x00")
@example(b"[" * 200_000)
@example(b'{"format": 1e999}')
@example(b'{"format": ' + b"1" * 5000 + b"}")
def test_bytes_are_no_results_file(content: bytes) -> None:
    assert _refused(results.read, content, results.UnusableResults)


@quickly
@given(st.sampled_from(PLACES), JSON)
@example(("run", "started"), "2026-01-02T03:04:05")
@example(("run", "sizes"), [[1]])
@example(("run", "timeline"), {"seconds": 1, "replies": {"2xx": [1, 2], "4xx": [1]}})
@example(("run", "shown_secrets"), ["a"] * 11)
@example(("requirements", 0, "findings", 0, "evidence", 0, "reply"), [])
@example(("requirements", 0, "id"), "\ud800")
def test_a_results_file_with_any_value_in_any_place_is_refused_or_makes_every_report(
    place: tuple[Any, ...], value: Any
) -> None:
    content = _with(place, value)
    with contextlib.suppress(
        AttributeError, KeyError, TypeError, ValueError
    ):  # it has no form to be sealed in
        content = sealed(content)
    text = json.dumps(content).encode("utf-8", "surrogatepass")
    if _refused(results.read, text, results.UnusableResults):
        return
    with _file(text) as path:
        read = results.read(path)
    for make in FORMATS.values():
        assert str(make(read))
    assert table(read)


FRAGMENTS = (
    *("token", "target", "targets", "observer", "observer-headers", "origin", "seed", "timeout", "require"),
    *("waiver", "requirement", "reason", "owner", "issue", "expires", "token.header-wins", "unknown"),
    *(
        " = ",
        "=",
        "\n",
        "\n",
        "\n",
        ".",
        ",",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        '"',
        "'",
        '"""',
        "\\",
        "#",
        " ",
    ),
    *('"a"', "'b'", "1", "-1", "1e400", "inf", "nan", "true", "2026-01-02", "2026-01-02T03:04:05Z", "03:04"),
    *("[targets.eu]", "[[waiver]]", '"https://h"', '"${NO}"', '"${}"', '"\\u0000"', '"\\ud800"', "\ufeff"),
    *("\0", "\r", "\x1b", "é", "0x_", "9" * 5000, "[" * 50, '"exec:"', '"sink:"', '"sql+:"', '"file:"'),
)
TOML = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=14).map("".join)
LINES = st.lists(
    st.tuples(
        st.sampled_from([one for one in FRAGMENTS[:17] if one != "unknown"]),
        st.sampled_from(
            [
                "'a'",
                "''",
                "'\\'",
                '"\\n\\u0000"',
                "-1",
                "1e400",
                "nan",
                "[]",
                "[['a']]",
                "{a=1}",
                "2026-01-02",
            ]
        ),
    ).map(" = ".join),
    max_size=5,
    unique_by=lambda line: line.partition(" ")[0],
).map("\n".join)


def _configured(path: Path) -> None:
    read_settings({}, {"BEACON_TARGET": "reference"}, str(path))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@quickly
@given(st.binary(max_size=60) | (TOML | LINES | LINES.map("[targets.eu]\n".__add__)).map(_encoded))
@example(b"target = [1, [2]]")
@example(b"targets = []")
@example(b"[targets]\n'' = {}")
@example(b"seed = 1" + b"0" * 5000)
@example(b"a = " + b"[" * 5000)
@example(b"timeout = nan")
@example(b"report-dir = '\\u0000'")
def test_a_configuration_file_is_read_or_refused_in_one_line(content: bytes) -> None:
    _refused(_configured, content, ConfigurationError)


@quickly
@given(st.binary(max_size=60) | (TOML | LINES | LINES.map("[[waiver]]\n".__add__)).map(_encoded))
@example(b"waiver = 1")
@example(b"[[waiver]]\nrequirement = 1")
@example(b'[[waiver]]\n"a\\nb" = 1')
@example(b'"a\\nb" = 1')
@example(b"a = " + b"[" * 5000)
@example(b"a = " + b"1" * 5000)
def test_a_waivers_file_is_read_or_refused_in_one_line(content: bytes) -> None:
    _refused(read_waivers, content, UnusableWaivers)


@pytest.mark.parametrize("name", [".", "missing", "\0", "a\nb", "x" * 5000, "/dev/null/x"])
def test_a_name_that_no_file_has_is_refused(name: str) -> None:
    for read, error in (
        (results.read, results.UnusableResults),
        (read_waivers, UnusableWaivers),
        (_configured, ConfigurationError),
    ):
        with pytest.raises(error) as refused:
            read(Path(name))
        assert [str(refused.value)] == str(refused.value).splitlines()
