"""The options of a target behind a gate: what cannot be used is a configuration error that repeats no secret."""

from pathlib import Path

import pytest
import trustme

from conformance.plugin.options import settings_from
from conformance.settings import ConfigurationError

TARGET = {"target": "https://staging.example", "token": "a-token-of-a-store"}
SECRET = "kQ7-fdA02-never-Printed"  # noqa: S105 - made up


def _mistake(**given: str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        settings_from(
            {**TARGET, **{name.replace("_", "-"): value for name, value in given.items()}}, {}, None
        )
    return str(raised.value)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def test_files_of_certificates_are_accepted(authority: trustme.CA, tmp_path: Path) -> None:
    ca, client = tmp_path / "ca.pem", tmp_path / "client.pem"
    authority.cert_pem.write_to_path(ca)
    authority.issue_cert("h.example").private_key_and_cert_chain_pem.write_to_path(client)

    settings = settings_from({**TARGET, "ca-file": str(ca), "client-cert": str(client)}, {}, None)

    assert (settings.ca_file, settings.client_cert) == (str(ca), str(client))


@pytest.mark.parametrize("option", ["ca_file", "client_cert"])
@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "cannot be read (No such file or directory)"), (b"\x30\x82binary", "PEM"), (b"", "PEM")],
    ids=["missing", "not-pem", "empty"],
)
def test_a_file_that_cannot_be_used_is_named(
    option: str, content: bytes | None, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "mistyped.pem"
    if content is not None:
        path.write_bytes(content)

    text = _mistake(**{option: str(path)})

    assert text.startswith(f"--{option.replace('_', '-')} {path}: ")
    assert why in text


def test_a_client_s_certificate_needs_its_key(authority: trustme.CA, tmp_path: Path) -> None:
    path = tmp_path / "client.pem"
    authority.issue_cert("h.example").cert_chain_pems[0].write_to_path(path)

    assert "must have a certificate and its key without a passphrase" in _mistake(client_cert=str(path))


@pytest.mark.parametrize(
    "address", ["h.example", "h.example:0", "h.example:70000", ":443", "https://h.example:443"]
)
def test_an_address_to_connect_to_is_a_host_and_a_port(address: str) -> None:
    assert "--connect-to" in _mistake(connect_to=address)
    assert "write HOST:PORT" in _mistake(connect_to=address)


def test_an_address_to_connect_to_excludes_a_proxy() -> None:
    assert "cannot be used together with --proxy" in _mistake(
        connect_to="192.0.2.1:443", proxy="http://proxy.example:3128"
    )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (SECRET, "line 1 is not a header line"),
        (f"A: 1\nB {SECRET}", "line 2 is not a header line"),
        (f"X-Storefront-Access-Token: {SECRET}", "X-Storefront-Access-Token cannot be sent"),
        (f"Origin: https://{SECRET}.example", "Origin cannot be sent"),
        (f"Host: {SECRET}", "Host cannot be sent"),
        (f"A: {SECRET}\u00e9", "A cannot be sent"),
    ],
)
def test_a_line_that_cannot_be_sent_is_refused_without_its_value(line: str, why: str) -> None:
    text = _mistake(headers=line)

    assert text.startswith("--headers: ")
    assert why in text
    assert SECRET not in text
