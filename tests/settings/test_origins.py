"""An origin is given as browsers send it, or the message says how."""

import pytest

from conformance.settings.errors import ConfigurationError
from conformance.settings.origins import browser_form, check_origin

AS_SENT = [
    "https://shop.example",
    "https://shop.example:8443",
    "http://shop.example:443",
    "https://shop.example:80",
    "http://localhost:3000",
    "http://127.0.0.1:8000",
    "http://[::1]:8000",
    "https://xn--bcher-kva.example",
    "https://my_shop.example.",
    "https://xn--strae-oqa.example",
    "capacitor://localhost",
    "chrome-extension://abcdefghijklmnop",
]
RIGHT_FORM = {
    "https://shop.example:443": "https://shop.example",
    "http://shop.example:80/": "http://shop.example",
    "https://shop.example:": "https://shop.example",
    "https://shop.example:08443": "https://shop.example:8443",
    "https://shop.example/products?a=b#c": "https://shop.example",
    "https://shop.example\\products": "https://shop.example",
    "HTTPS://Shop.EXAMPLE": "https://shop.example",
    " https://shop.example\n": "https://shop.example",
    "https://me:pw@shop.example:8443": "https://shop.example:8443",
    "https://b\u00fccher.example": "https://xn--bcher-kva.example",
    "https://B\u00dcCHER.example:443": "https://xn--bcher-kva.example",
    "https://stra\u00dfe.example": "https://xn--strae-oqa.example",
    "https://b%C3%BCcher.example": "https://xn--bcher-kva.example",
    "https://\u30b7\u30e7\u30c3\u30d7\u3002example": "https://xn--xckya1d0c.example",
    "http://[0:0:0:0:0:0:0:1]:80": "http://[::1]",
    "app://Shop/": "app://shop",
}
NOT_AN_ORIGIN = [
    "null",
    "shop.example",
    "//shop.example",
    "https://",
    "https:///path",
    "https://shop.example:port",
    "https://shop.example:70000",
    "https://[::1",
    "https://[zz]",
    "https://*.shop.example",
    "https://a b.example",
    "https://1.2.3",
    "https://0x7f.1",
    "https://-\u00fc-\u0640.example\u2063\ufffd",
]


@pytest.mark.parametrize("origin", AS_SENT)
def test_an_origin_as_browsers_send_it_is_taken(origin: str) -> None:
    check_origin("--origin", origin)

    assert browser_form(origin) == origin


@pytest.mark.parametrize(("origin", "right"), RIGHT_FORM.items())
def test_another_way_to_write_it_is_refused_with_the_right_form(origin: str, right: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        check_origin("--other-origin", origin)

    assert str(refused.value).startswith("--other-origin")
    assert str(refused.value).endswith(f"write {right}")
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize("origin", NOT_AN_ORIGIN)
def test_what_is_not_an_origin_is_refused_with_an_example(origin: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"write https://shop\.example or https://shop\.example:8443$"
    ):
        check_origin("--origin", origin)
