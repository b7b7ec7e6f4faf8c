"""The sources of requirements: each that is published has an address, and no other text gets one."""

import pytest

from conformance.cli.requirements import as_json, in_full, markdown
from conformance.report.content.checks import sentence
from conformance.report.html.page import compliance_page
from conformance.requirements import ALL, Basis, cors, robustness, token
from conformance.requirements.published import KNOWN, sources_of
from tests.support.certificates import conformant


@pytest.mark.parametrize("source", sorted({one.source for one in ALL if one.basis is not Basis.SILENT}))
def test_whatever_a_requirement_rests_on_has_an_address_and_says_what_it_is_about(source: str) -> None:
    found = sources_of(source)

    assert ", ".join(one.name for one in found) == source
    assert all(one.address.startswith("https://") and one.about for one in found)


def test_what_is_silent_has_no_address() -> None:
    silent = {one.source for one in ALL if one.basis is Basis.SILENT}

    assert [one.address for source in silent for one in sources_of(source)] == [""]


def test_every_known_page_is_the_source_of_a_requirement() -> None:
    assert {one.name for item in ALL for one in sources_of(item.source)} >= KNOWN.keys()


@pytest.mark.parametrize(
    ("source", "addresses"),
    [
        ("RFC 9110, 15.5.14", ["https://www.rfc-editor.org/rfc/rfc9110#section-15.5.14"]),
        ("RFC 6265", ["https://www.rfc-editor.org/rfc/rfc6265"]),
        (
            "Send events, Overview",
            [
                "https://docs.uselayers.com/tracking-api/send-events",
                "https://docs.uselayers.com/tracking-api/overview",
            ],
        ),
        ("javascript:alert(1)", [""]),
        ("RFC 9110, 15\"><a href='x'>", [""]),
        ("Send events, a page of another version", [""]),
    ],
)
def test_only_a_section_or_a_known_page_gets_an_address(source: str, addresses: list[str]) -> None:
    assert [one.address for one in sources_of(source)] == addresses


def test_the_page_links_each_source_where_it_is_named_and_explains_it() -> None:
    page = compliance_page(conformant())
    row = page[page.index(f'<tr id="{robustness.ALWAYS_ANSWERS.id}"') :]

    assert '<a href="https://www.rfc-editor.org/rfc/rfc9110#section-3.3"' in row[: row.index("</tr>")]
    explained = page[page.index('id="compliance-sources"') : page.index('id="compliance-limits"')]
    for one in KNOWN.values():
        assert one.name in explained
        assert one.about.replace("'", "&#39;") in explained
    for basis in Basis:
        assert f"<dt>{basis}</dt>" in explained


def test_the_command_and_its_pages_name_the_address() -> None:
    address = "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches"

    assert f'"addresses": [\n  "{address}"\n ]' in as_json(cors.VARY)
    assert f"  {address}\n" in in_full(cors.VARY)
    assert f"[Fetch standard, CORS protocol and HTTP caches]({address})" in markdown(cors.VARY)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("test_a_422_reflects_the_origin[header]", "a 422 reflects the origin [header]"),
        ("test_the_header_s_name_is_read", "the header's name is read"),
        ("test_x[a_b[c]]", "x [a_b[c]]"),
        ("another", "another"),
    ],
)
def test_a_check_is_written_as_a_sentence(name: str, said: str) -> None:
    assert sentence(name) == said


def test_the_page_shows_no_name_of_a_function() -> None:
    page = compliance_page(conformant())

    assert "test_" not in page
    assert sentence(f"test_{token.HEADER_WINS.id.replace('.', '_').replace('-', '_')}") in page
