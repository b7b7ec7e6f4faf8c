"""Whether a page can reach a target, before anything is sent."""

import pytest

from conformance.browser.places import hindrance, private_addresses

SHOP = "https://shop.example"


@pytest.mark.parametrize(
    ("origin", "target"),
    [
        (SHOP, "https://target.example"),
        (SHOP, "http://127.0.0.1:8000"),
        (SHOP, "http://[::1]:8000"),
        (SHOP, "http://localhost"),
        ("http://shop.example", "http://target.example"),
        ("http://shop.example:8080", "https://target.example:8443"),
    ],
)
def test_a_page_can_reach_these_targets(origin: str, target: str) -> None:
    assert hindrance(origin, target) == ""


@pytest.mark.parametrize(
    ("origin", "target", "said"),
    [
        (SHOP, "http://staging.example", "mixed content"),
        (SHOP, "http://192.168.1.5", "mixed content"),
        (SHOP, "https://target.example:6000", "port 6000"),
        ("http://shop.example", "http://127.0.0.1:10080", "port 10080"),
        ("chrome-extension://abc", "https://target.example", "--origin that begins with https://"),
        ("app://shop", "https://target.example", "--origin that begins with https://"),
    ],
)
def test_a_page_cannot_reach_these_targets_and_the_reason_says_what_to_do(
    origin: str, target: str, said: str
) -> None:
    assert said in hindrance(origin, target)


def test_only_addresses_that_are_not_public_are_listed() -> None:
    assert private_addresses("http://127.0.0.1:8000") == ["127.0.0.1:8000"]
    assert private_addresses("https://[::1]") == ["[::1]:443"]
    assert private_addresses("https://93.184.216.34") == []
    assert private_addresses("https://no.such.host.invalid") == []
