"""Environment variables that are empty, mistyped or unused, and options that name no target."""

from pathlib import Path

import pytest

from conformance.settings import CONFIGURABLE, read_settings
from tests.support.settings_errors import VALID, file, mistake

AND_TARGET = {"BEACON_TARGET": VALID["target"], "BEACON_TOKEN": VALID["token"]}


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("text", ["", "  "])
@pytest.mark.parametrize("option", [one for one in CONFIGURABLE if one.name != "target"], ids=str)
def test_an_empty_variable_is_as_if_it_were_not_set(option: object, text: str) -> None:
    variable = getattr(option, "variable", "")
    rest = {name: value for name, value in AND_TARGET.items() if name != variable}
    given = VALID if variable == "BEACON_TOKEN" else {}

    assert read_settings(given, rest) == read_settings(given, {**rest, variable: text})


def test_an_empty_target_is_a_mistake_because_the_reference_would_be_judged() -> None:
    assert mistake({}, {"BEACON_TARGET": ""}).startswith("--target: is empty")


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("BEACON_ORIGINS", "BEACON_ORIGIN"),
        ("BEACON_TOKN", "BEACON_TOKEN"),
        ("BEACON_OTHER_ORGIN", "BEACON_OTHER_ORIGIN"),
        ("BEACON_REQUIRED", "BEACON_REQUIRE"),
        ("BEACON_CONFIG", "the option --config"),
        ("BEACON_ALLOW_PRODUCTION", "the option --allow-production"),
    ],
)
def test_a_mistyped_variable_is_refused_with_the_right_one(variable: str, meant: str) -> None:
    text = mistake({}, {**AND_TARGET, variable: "x"})

    assert text == f"{variable}: no option reads this variable; did you mean {meant}?"


def test_a_variable_that_is_like_no_option_is_mentioned() -> None:
    assert read_settings({}, {**AND_TARGET, "BEACON_REGION_NAME": "eu"}).notes == (
        "BEACON_REGION_NAME is set, but no option reads it",
    )


def test_a_variable_that_the_file_or_a_command_reads_is_neither_refused_nor_mentioned(tmp_path: Path) -> None:
    config = file(tmp_path / "..", f'target = "{VALID["target"]}"\ntoken = "${{BEACON_TOKENS}}"\n')
    in_file = read_settings({}, {"BEACON_TOKENS": "of-store-a"}, config)
    in_command = read_settings({**VALID, "observer": "exec:cat $BEACON_ORIGINS"}, {"BEACON_ORIGINS": "x"})

    assert (in_file.token, in_file.notes) == ("of-store-a", ())
    assert in_command.notes == ()


def test_a_variable_of_the_documented_ci_files_is_not_mentioned() -> None:
    assert read_settings({}, {**AND_TARGET, "BEACON_CONFORMANCE": "x.whl"}).notes == ()


def test_a_configuration_file_that_nobody_named_is_mentioned(tmp_path: Path) -> None:
    file(tmp_path, "")

    (note,) = read_settings(VALID, {}).notes
    assert note == "beacon.toml in this folder is not used; to use it, pass --config beacon.toml"
    assert read_settings(VALID, {}, str(tmp_path / "beacon.toml")).notes == ()


@pytest.mark.parametrize(
    "option", ["token", "other-token", "origin", "other-origin", "other-store-origin", "observer"]
)
def test_an_option_about_a_target_needs_a_target(option: str) -> None:
    value = {"token": VALID["token"], "other-token": VALID["other-token"]}.get(option, "https://a.example")
    variable = f"BEACON_{option.replace('-', '_').upper()}"

    for text in (mistake({option: value}), mistake({}, {variable: value})):
        assert text.startswith(f"--{option}: no target is named")
        assert "--target URL, or --target reference" in text


def test_the_reference_is_judged_if_it_is_named() -> None:
    assert read_settings({"target": "reference", "token": VALID["token"]}, {}).is_reference


CERTIFICATE_FILES = {
    "missing": (None, "cannot be read (No such file or directory)"),
    "empty": ("", "has no certificate in it; name a PEM file"),
    "not-pem": ("certificate", "has no certificate in it; name a PEM file"),
}


@pytest.mark.parametrize(("content", "said"), CERTIFICATE_FILES.values(), ids=CERTIFICATE_FILES.keys())
def test_a_file_of_authorities_that_has_none_is_a_mistake(
    content: str | None, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "authorities.pem"
    if content is not None:
        path.write_text(content)

    assert mistake(VALID, {"SSL_CERT_FILE": str(path)}).startswith(f"SSL_CERT_FILE {path}: {said}")
    assert read_settings({**VALID, "target": "http://127.0.0.1:1"}, {"SSL_CERT_FILE": str(path)}).token


def test_a_missing_target_names_the_file_that_is_not_used(tmp_path: Path) -> None:
    file(tmp_path, f'target = "{VALID["target"]}"\n')

    assert "beacon.toml is read only with --config beacon.toml" in mistake({"token": VALID["token"]})
