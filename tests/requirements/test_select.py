"""Names that select requirements: an id, a chapter or a pattern."""

import pytest

from conformance.requirements import ALL, UnknownRequirement, select, token


def test_an_id_selects_one_requirement() -> None:
    assert select("token.header-wins") == (token.HEADER_WINS,)


def test_a_chapter_selects_all_of_its_requirements() -> None:
    assert select("token") == tuple(one for one in ALL if one.chapter == "token")


def test_a_pattern_selects_what_it_matches() -> None:
    assert select("token.header-*") == tuple(one for one in ALL if one.id.startswith("token.header-"))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("tokens", "tokens: no requirement or chapter has this name; did you mean token?"),
        (
            "token.header-win",
            "token.header-win: no requirement or chapter has this name; did you mean token.header-wins?",
        ),
        ("*.nothing", "*.nothing: no requirement's id matches; write a pattern such as 'cors.*'"),
    ],
)
def test_a_name_that_selects_nothing_is_unknown(name: str, why: str) -> None:
    with pytest.raises(UnknownRequirement) as raised:
        select(name)

    assert why == str(raised.value)
