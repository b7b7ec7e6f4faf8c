"""A configuration file: names, numbers, secrets from the environment, named targets, and mistakes."""

from pathlib import Path

import pytest

from conformance.settings import ConfigurationError, read_settings
from tests.support.settings_errors import OTHER, SECRET, URL, file, mistake


def test_a_file_gives_texts_numbers_and_lists(tmp_path: Path) -> None:
    config = file(
        tmp_path, 'require = ["http", "stores"]\nseed = 7\ntimeout = 1.5\npatience = "3"\norigin = ""\n'
    )

    settings = read_settings({}, {}, config)

    assert (
        settings.require,
        settings.seed,
        settings.timeout,
        settings.patience,
        settings.origin,
    ) == (("http", "stores"), 7, 1.5, 3.0, "")


FILES: dict[str, tuple[str | bytes, str, str]] = {
    "no-toml": (f"token = {SECRET}", "", "is not valid TOML (Invalid value (at line 1, column 9))"),
    "no-utf-8": (b"token = '\xff'", "", "is not valid TOML"),
    "unknown-key": (
        "\ntokn = 'a'",
        "line 2",
        "unknown key tokn; did you mean token? the keys are browser, ca-file, challenge, client-cert, connect-to,",
    ),
    "underscore": ("other_token = 'a'", "line 1", "unknown key other_token; did you mean other-token?"),
    "table": (f"[token]\nvalue = '{SECRET}'", "line 1", "token must be a text or a number"),
    "no-boolean": ("record = 'yes'", "line 1", "record must be true or false"),
    "boolean": ("seed = true", "line 1", "seed must be a text or a number"),
    "date": ("seed = 2026-01-01", "line 1", "seed must be a text or a number"),
    "number": ("# in seconds\ntimeout = 0", "line 2", "--timeout 0: must be a number"),
    "list-of-tables": ("require = [{}]", "line 1", "require must be a text or a number"),
    "no-token": (f"target = '{URL}'\ntoken = ''", "line 2", "no token: it is empty here"),
    "bad-token": (
        f"target = '{URL}'\n  'token' = '{SECRET} '",
        "line 2",
        "--token: a token must be visible ASCII",
    ),
    "unset-variable": (
        "token = '${NO_SUCH}'",
        "line 1",
        "token needs the environment variable NO_SUCH, which is not",
    ),
    "targets-is-a-text": ("targets = 'eu'", "line 1", "targets must be a table; write [targets.NAME]"),
    "target-is-a-text": ("[targets]\neu = 'x'", "line 2", "eu must be a table; write [targets.eu]"),
    "target-is-a-path": ("[targets.'../eu']\n", "", "'../eu' cannot name a folder"),
    "key-of-a-target": (
        f"token = '{SECRET}'\n\n[targets.eu]\ntoken = 'x'\ntargt = 'x'",
        "line 5",
        "unknown key targt; did you mean target?",
    ),
    "value-of-a-target": (
        f"token = '{SECRET}'\ntarget = '{URL}'\n[targets.eu]\norigin = 'eu.example' # no scheme",
        "line 4",
        "--origin eu.example: is not an origin",
    ),
    "value-above-a-target": (
        f"origin = 'eu.example'\n[targets.eu]\ntoken = '{SECRET}'\ntarget = '{URL}'",
        "line 1",
        "--origin eu.example: is not an origin",
    ),
    "observer-of-a-target": (
        f"token = '{SECRET}'\ntarget = '{URL}'\n[targets.eu]\nobserver = 'exec: '",
        "line 4",
        "--observer: has no command; write exec:COMMAND",
    ),
    "observer-of-no-kind": (
        f"token = '{SECRET}'\nobserver = 'ftp://h'",
        "line 2",
        "--observer: there is no kind of",
    ),
    "observer-of-one-store": (
        f"token = '{SECRET}'\nother-token = '{OTHER}'\nobserver = 'https://h/'",
        "line 3",
        "--observer: cannot tell the two stores apart; put {token} into it",
    ),
    "target-without-token": (f"[targets.eu]\ntarget = '{URL}'", "[targets.eu]", "no token"),
    "written-in-line": (
        f"targets.eu = {{token = '{SECRET} '}}",
        "",
        "--token: a token must be visible ASCII",
    ),
}


@pytest.mark.parametrize(("content", "line", "said"), FILES.values(), ids=FILES.keys())
def test_a_mistake_in_a_file_gives_one_line_with_file_line_and_key(
    tmp_path: Path, content: str | bytes, line: str, said: str
) -> None:
    config = file(tmp_path, content)
    opening = f"--config {config}, {line}: " if line else f"--config {config}: "

    text = mistake({}, {"BEACON_TARGET": URL} if "--token" in said else {}, config=config)

    assert said in text
    assert text.startswith(opening) or not line


def test_a_mistake_in_an_option_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    config = file(tmp_path, "timeout = 5\n")

    assert mistake({"timeout": "0"}, config=config).startswith("--timeout 0: ")
    assert mistake({}, {"BEACON_TIMEOUT": "0"}, config=config).startswith("--timeout 0: ")


def test_a_secret_in_a_file_is_read_from_the_environment(tmp_path: Path) -> None:
    config = file(
        tmp_path,
        f"target = '{URL}'\ntoken = '${{STAGING}}'\nobserver = 'https://h/{{token}}?key=a-${{KEY}}'\n"
        "observer-headers = ['A: ${KEY}', 'B: 2']\n",
    )

    settings = read_settings({}, {"STAGING": SECRET, "KEY": "k"}, config)

    assert (settings.token, settings.observer) == (SECRET, "https://h/{token}?key=a-k")
    assert settings.observer_header_lines == (("A", "k"), ("B", "2"))


def test_variables_in_a_command_are_read_by_its_shell(tmp_path: Path) -> None:
    config = file(tmp_path, "target = 'reference'\nobserver = 'exec:read-events --key ${KEY}'\n")

    assert read_settings({}, {"KEY": SECRET}, config).observer == "exec:read-events --key ${KEY}"


@pytest.mark.parametrize(
    "key", ["target", "origin", "other-origin", "report-dir", "waivers", "token-file", "proxy", "effort"]
)
def test_a_value_from_the_environment_is_in_no_key_that_reports_show(key: str, tmp_path: Path) -> None:
    config = file(tmp_path, f"{key} = 'a-${{AWS_SECRET_ACCESS_KEY}}'\n")

    text = mistake({}, {"AWS_SECRET_ACCESS_KEY": SECRET}, config=config)

    assert text.startswith(f"--config {config}, line 1: {key} must not be read from the environment here")
    assert f"or set BEACON_{key.upper().replace('-', '_')} (" in text
    assert SECRET not in text


@pytest.mark.parametrize("named", ["$KEY", "${KEY}", '"${KEY}"'])
def test_a_variable_in_a_command_is_a_secret_of_the_run(named: str) -> None:
    environment = {"KEY": "k3y-of-mine", "HOME": "/home/me", "OTHER": "other"}

    observer = f"exec:read --key {named} --in $HOME $MISSING"
    settings = read_settings({"target": "reference", "observer": observer}, environment)

    assert settings.from_environment == (("KEY", "k3y-of-mine"),)


def test_a_variable_in_a_secret_key_is_a_secret_of_the_run_and_a_token_keeps_its_name(tmp_path: Path) -> None:
    config = file(
        tmp_path,
        f"target = '{URL}'\ntoken = '${{STAGING}}'\nobserver = 'https://h/${{KEY}}/{{token}}'\n",
    )

    settings = read_settings({}, {"STAGING": SECRET, "KEY": "k3y-of-mine"}, config)

    assert settings.from_environment == (("KEY", "k3y-of-mine"),)


REGIONS = f"""
token = '{SECRET}'
timeout = 5
report-dir = "out"
[targets.eu]
target = "https://eu.example"
[targets.us]
target = "https://us.example"
timeout = 7
token = "${{US}}"
"""


def test_a_named_target_inherits_the_keys_above_it(tmp_path: Path) -> None:
    config = file(tmp_path, REGIONS)

    eu = read_settings({}, {}, config, only="eu")  # the other one's secret need not be there
    us = read_settings(
        {"origin": "https://a.example"}, {"US": OTHER, "BEACON_TIMEOUT": "9"}, config, only="us"
    )

    assert (eu.target, eu.token, eu.timeout, eu.report_dir) == (
        "https://eu.example",
        SECRET,
        5,
        Path("out/eu"),
    )
    assert (us.target, us.token, us.timeout, us.report_dir) == (
        "https://us.example",
        OTHER,
        9,
        Path("out/us"),
    )
    assert us.origin == "https://a.example"


def test_one_of_several_targets_must_be_named(tmp_path: Path) -> None:
    config = file(tmp_path, REGIONS)

    assert mistake({}, config=config) == "--config has the targets eu, us; name one with --only"
    with pytest.raises(
        ConfigurationError, match=r"--only asia: there is no such target; the targets of --config are eu, us"
    ):
        read_settings({}, {}, config, only="asia")
    with pytest.raises(ConfigurationError, match="there is no such target; --config has no"):
        read_settings({}, {}, only="eu")


def test_a_file_that_cannot_be_read_gives_one_line_with_its_name(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"

    assert f"--config {missing}: cannot be read (No such file or directory)" == mistake(
        {}, config=str(missing)
    )
    assert f"--config {tmp_path}: cannot be read (Is a directory)" == mistake({}, config=str(tmp_path))
