"""The setup of Hypothesis: it gets the same table that it would compute itself."""

import json
from gzip import decompress
from pathlib import Path

import pytest
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.internal import charmap
from hypothesis.internal.conjecture import providers

from conformance.runner.hypothesis_profile import UTF_8, ignore_local_constants, use_home

ONLY_SPEED = "nothing is wrong but the speed: see use_home"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path) -> None:
    set_hypothesis_home_dir(tmp_path)


def test_the_table_of_utf_8_is_where_hypothesis_looks_for_it(tmp_path: Path) -> None:
    use_home(tmp_path / "home")

    table = charmap.charmap_file("codec-v2-utf-8")
    assert table.is_relative_to(tmp_path / "home"), ONLY_SPEED
    assert json.loads(decompress(table.read_bytes())) == UTF_8, ONLY_SPEED


def test_the_table_of_utf_8_is_what_hypothesis_computes() -> None:
    encodable, lossy = charmap.intervals_from_codec.__wrapped__("utf-8")

    assert [[list(pair) for pair in table.intervals] for table in (encodable, lossy)] == UTF_8


def test_local_constants_are_ignored_until_it_is_undone() -> None:
    before = vars(providers)["_get_local_constants"]
    undo = ignore_local_constants()
    during = providers._get_local_constants()  # noqa: SLF001 - what is replaced
    undo()

    assert vars(providers)["Constants"]() == during
    assert before is vars(providers)["_get_local_constants"]
