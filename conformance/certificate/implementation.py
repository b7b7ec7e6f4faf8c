"""What a partner says about the implementation: a small TOML file."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.certificate.envelope import read_bytes
from conformance.certificate.errors import UnusableCertificate

KEYS = {
    "organization": "who made it",
    "project": "its name",
    "version": "a release or a commit, such as 2.4.1",
    "url": "a link to it, such as https://acme.example/beacon",
    "contact": "whom a reviewer can ask",
}
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
BRANCHES = {"main", "master", "latest", "head", "trunk", "develop", "nightly"}
"""Names of what changes: a certificate says nothing about it."""
LONGEST = 200
"""Characters of a value."""


def parse_toml(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file. Raises UnusableCertificate."""
    try:
        return tomllib.loads(read_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnusableCertificate(f"{path}: is not valid TOML ({error})") from None


def check_named(named: str, implementation: Mapping[str, str]) -> None:
    """Raise UnusableCertificate if a run named another implementation than the file. ``named`` is empty if it named none."""
    for key in ("project", "version"):
        if named and implementation[key].lower() not in named.lower():
            raise UnusableCertificate(
                f"the results are of {named}, and the {key} to certify is {implementation[key]}; judge that version, or correct the file"
            )


def read_implementation(path: Path) -> dict[str, str]:
    """Return the facts of an implementation, and its ``digest`` if it has one. Raises UnusableCertificate."""
    content = parse_toml(path)
    unknown = sorted(content.keys() - KEYS.keys() - {"digest"})
    if unknown:
        raise UnusableCertificate(
            f"{path}: unknown key {unknown[0]}; the keys are {', '.join(KEYS)} and digest"
        )
    for key, what in KEYS.items():
        value = content.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or not value.isprintable():
            raise UnusableCertificate(f"{path}: {key} must be a text of one line; write {what}")
    if content["version"].lower() in BRANCHES:
        raise UnusableCertificate(f"{path}: version {content['version']} changes; write {KEYS['version']}")
    if not re.fullmatch(r"https?://[^\s/]\S*", content["url"]):
        raise UnusableCertificate(f"{path}: url is not a link; write {KEYS['url']}")
    if "digest" in content and not (
        isinstance(content["digest"], str) and DIGEST.fullmatch(content["digest"])
    ):
        raise UnusableCertificate(f'{path}: digest must be "sha256:" and 64 hexadecimal digits')
    return content
