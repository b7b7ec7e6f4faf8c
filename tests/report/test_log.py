"""No line of a log is a command of a CI system, however the text of a target or a file comes to stand there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.report.text.log import Inert, inert
from tests.support.log_commands import COMMANDS, obeyed

PIECES = st.sampled_from(
    [
        ":",
        "::",
        "#",
        "##",
        "[",
        "vso[",
        "error",
        "error::",
        "section_start:1:a",
        "-",
        "--- ",
        " ",
        "\n",
        "\r",
        "\t",
        "x",
        "\x1b[31m",
    ]
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("before", ["", "  ", "text\n", "text\r", "\x1b[31m", "text "])
def test_a_command_becomes_text(command: str, before: str) -> None:
    text = inert(before + command)

    assert not obeyed(text)
    assert command[3:] in text


@pytest.mark.parametrize(
    "text", ["[::1]:8080", "::1", "a::b", "# title", "## title", "------ x", "+1", "http://[::]:80/"]
)
def test_ordinary_text_stays(text: str) -> None:
    assert inert(text) == text


@given(st.lists(PIECES, max_size=12))
def test_a_command_in_pieces_becomes_text(pieces: list[str]) -> None:
    stream = Inert()

    assert not obeyed("".join(map(stream.piece, pieces)))
