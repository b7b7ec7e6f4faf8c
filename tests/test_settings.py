import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.settings import OPTIONS, ConfigurationError, Settings, read_settings

SECRET = "sEcret-0123456789"  # noqa: S105 - made up
OTHER = "sEcret-9876543210"
URL = "https://staging.example"
TOLD = {"target": URL, "token": SECRET, "other-token": OTHER}
GIVEN: dict[str, tuple[Any, ...]] = {
    "target": (URL, "https://two.example", "https://three.example", "https://three.example"),
    "token": ("t1", "t2", "t3", "t3"),
    "other-token": ("o1", "o2", "o3", "o3"),
    "revoked-token": ("r1", "r2", "r3", "r3"),
    "origin": ("https://a.example", "https://b.example", "https://c.example:8443", "https://c.example:8443"),
    "other-origin": ("https://a.example", "https://b.example", "https://c.example", "https://c.example"),
    "observer": tuple(f"https://{host}.example/{{token}}" for host in ("a", "b", "c", "c")),
    "observer-headers": ("A: 1", "A: 2", "A: 3\nB: 4", "A: 3\nB: 4"),
    "require": ("http", "ingestion", " http, stores,", ("http", "stores")),
    "waivers": ("one", "two", "three", Path("three")),
    "report-dir": ("one", "two", "three", Path("three")),
    "seed": ("1", "2", "3", 3),
    "effort": ("quick", "standard", "thorough", "thorough"),
    "max-requests": ("1", "2", "3", 3),
    "max-rate": ("1", "2", "0.5", 0.5),
    "timeout": ("1", "2", "0.5", 0.5),
    "patience": ("1", "2", "7", 7.0),
    "settle": ("1", "2", "0.5", 0.5),
    "replay": ("one", "two", "three", Path("three")),
}


def _file(folder: Path, text: str | bytes) -> str:
    path = folder / "beacon.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def _mistake(
    told: Mapping[str, str], environment: Mapping[str, str] | None = None, config: str | None = None
) -> str:
    """Return the complaint about what was told: one line, without a secret."""
    with pytest.raises(ConfigurationError) as caught:
        read_settings(told, environment or {}, config)
    text = str(caught.value)
    assert [text] == text.splitlines()
    assert not any(secret in text for secret in (SECRET, OTHER))
    return text


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_an_option_wins_over_the_environment_and_that_over_the_file(option: Any, tmp_path: Path) -> None:
    in_file, in_environment, on_line, value = GIVEN[option.name]
    others = "".join(f"{name} = '{text}'\n" for name, text in TOLD.items() if name != option.name)
    config = _file(tmp_path, f"{others}{option.name} = {json.dumps(in_file)}\n")

    by_file = read_settings({}, {}, config)
    by_environment = read_settings({}, {option.variable: in_environment}, config)
    by_option = read_settings({option.name: on_line}, {option.variable: in_environment}, config)

    assert value == getattr(by_option, option.field)
    assert by_file == read_settings({option.name: in_file}, {}, config)
    assert by_environment == read_settings({option.name: in_environment}, {}, config)
    assert len({getattr(told, option.field) for told in (by_file, by_environment, by_option)}) == 3


def test_every_option_is_tried_and_named_alike_everywhere() -> None:
    assert GIVEN.keys() == {option.name for option in OPTIONS}
    option = next(option for option in OPTIONS if option.name == "other-token")
    assert (option.flag, option.variable, option.field) == (
        "--other-token",
        "BEACON_OTHER_TOKEN",
        "other_token",
    )


def test_without_a_word_the_bundled_reference_is_judged_in_all_classes_but_browser() -> None:
    assert Settings(require=("http", "ingestion", "stores")) == read_settings({}, {})
    assert read_settings({}, {}).is_reference


def test_another_target_is_judged_in_class_http_unless_told_otherwise() -> None:
    told = read_settings({**TOLD, "target": f" {URL}/v1/ "}, {})

    assert (f"{URL}/v1", ("http",), False) == (told.target, told.require, told.is_reference)


def test_a_file_gives_texts_numbers_and_lists(tmp_path: Path) -> None:
    config = _file(
        tmp_path, 'require = ["http", "stores"]\nseed = 7\ntimeout = 1.5\npatience = "3"\norigin = ""\n'
    )

    told = read_settings({}, {}, config)

    assert (
        told.require,
        told.seed,
        told.timeout,
        told.patience,
        told.origin,
    ) == (("http", "stores"), 7, 1.5, 3.0, "")


def test_an_empty_variable_counts_as_told() -> None:
    assert "--target" in _mistake({}, {"BEACON_TARGET": ""})
    assert read_settings({}, {"BEACON_OBSERVER": ""}).observer == ""


MISTAKES: dict[str, tuple[dict[str, str], str, str]] = {
    "no-token": ({"token": ""}, "no token", "--token T or BEACON_TOKEN"),
    "empty-target": ({"target": ""}, "--target: is empty", "https://host, or the word reference"),
    "blank-target": ({"target": "  "}, "--target: is empty", "https://host, or the word reference"),
    "no-scheme": ({"target": "staging.example"}, "--target: no http(s) URL", "https://host"),
    "host-and-port": ({"target": "staging.example:8443"}, "--target: no http(s) URL", "https://host"),
    "other-scheme": ({"target": "ftp://staging.example"}, "--target: no http(s) URL", "https://host"),
    "no-host": ({"target": "https:///beacons"}, "--target: no http(s) URL", "https://host"),
    "port-zero": ({"target": "https://staging.example:0"}, "--target: no http(s) URL", "https://host"),
    "high-port": (
        {"target": "https://staging.example:65536"},
        "--target: its host or port",
        "https://host:8443",
    ),
    "port-is-a-word": (
        {"target": f"https://staging.example:{SECRET}"},
        "--target: its host or port",
        "https://host",
    ),
    "open-bracket": ({"target": "https://[::1"}, "--target: its host or port", "https://host"),
    "userinfo": ({"target": f"https://me:{SECRET}@staging.example"}, "--target: has a user", "without"),
    "user": ({"target": f"https://{SECRET}@staging.example"}, "--target: has a user", "tokens by --token"),
    "own-token": ({"target": f"{URL}?a=b&token={SECRET}"}, "--target: has its own token", "--token T"),
    "empty-own-token": ({"target": f"{URL}?token="}, "--target: has its own token", "--token T"),
    "query": ({"target": f"{URL}?key={SECRET}"}, "--target: has a query or fragment", "the base URL alone"),
    "question-mark": ({"target": f"{URL}?"}, "--target: has a query or fragment", "the base URL alone"),
    "fragment": ({"target": f"{URL}#a"}, "--target: has a query or fragment", "the base URL alone"),
    "beacon": ({"target": f"{URL}/v1/beacon"}, "--target: ends in /beacon", "the base URL before it"),
    "beacon-and-slash": ({"target": f"{URL}/beacon/"}, "--target: ends in /beacon", "the base URL before it"),
    "space": ({"target": "https://staging.example/a b"}, "--target: has a space", "percent-encoded"),
    "line-end": ({"target": "https://staging\n.example"}, "--target: has a space", "percent-encoded"),
    "umlaut": ({"target": "https://staging.example/ä"}, "--target: has a space or", "percent-encoded"),
    "origin-with-a-path": ({"origin": "https://shop.example/"}, "--origin", "https://shop.example or"),
    "origin-without-scheme": ({"origin": "shop.example"}, "--origin shop.example", "https://shop.example"),
    "origin-in-capitals": ({"origin": "https://Shop.example"}, "--origin", "https://shop.example"),
    "other-origin": ({"other-origin": "null"}, "--other-origin null", "https://shop.example"),
    "same-tokens": ({"other-token": SECRET}, "--other-token: is the same as --token", "a second store"),
    "token-with-a-space": ({"token": f"{SECRET} b"}, "--token: ", "visible ASCII without spaces"),
    "token-with-a-line-end": ({"token": f"{SECRET}\n"}, "--token: ", "visible ASCII without spaces"),
    "other-token-beyond-ascii": ({"other-token": f"{OTHER}é"}, "--other-token: ", "visible ASCII"),
    "revoked-token-with-a-space": ({"revoked-token": f"{OTHER} "}, "--revoked-token: ", "visible ASCII"),
    "unknown-observer": (
        {"observer": f"ftp://h/{SECRET}"},
        "--observer: no kind of observer is called 'ftp'",
        "://",
    ),
    "observer-without-scheme": (
        {"observer": f"host/p?key={SECRET}"},
        "--observer: no URL",
        "https://host/path",
    ),
    "observer-is-a-secret": ({"observer": SECRET}, "--observer: no URL", "https://host/path"),
    "observer-is-a-secret-and-a-time": (
        {"observer": f"h?k={SECRET}&t=12:00"},
        "--observer: no URL",
        "https://host",
    ),
    "observer-without-host": ({"observer": f"https:///{SECRET}"}, "--observer: no URL", "https://host/path"),
    "observer-with-half-a-host": (
        {"observer": f"https://[::1/{SECRET}"},
        "--observer: no URL",
        "https://host/path",
    ),
    "observer-with-a-space": ({"observer": "https://h/a b"}, "--observer: no URL", "https://host/path"),
    "observer-beyond-ascii": ({"observer": "https://h/ä"}, "--observer: no URL", "https://host/path"),
    "observer-of-one-store": (
        {"observer": "https://h/x"},
        "--observer: shows the two stores as one",
        "{token}",
    ),
    "observer-header": (
        {"observer-headers": SECRET},
        "--observer-headers: line 1 is no header",
        "Name: value",
    ),
    "placeholder": (
        {"observer": "https://h/{store}"},
        "--observer: unknown placeholder {store}",
        "{session_id}",
    ),
    "empty-placeholder": ({"observer": "https://h/{}"}, "--observer: unknown placeholder {}", "{token}"),
    "unknown-class": ({"require": "http,htp"}, "--require htp", "http, ingestion, stores, browser"),
    "no-class": ({"require": " , "}, "--require", "http, ingestion, stores, browser"),
    "seed": ({"seed": "1.5"}, "--seed 1.5", "is no number from 0"),
    "negative-seed": ({"seed": "-1"}, "--seed -1", "is no number from 0"),
    "timeout": ({"timeout": "soon"}, "--timeout soon", "is no number from 0.05"),
    "timeout-zero": ({"timeout": "0"}, "--timeout 0", "is no number from 0.05"),
    "timeout-not-a-number": ({"timeout": "nan"}, "--timeout nan", "is no number from 0.05"),
    "settle-beyond-patience": (
        {"settle": "3", "patience": "2"},
        "--settle 3: is longer than --patience 2",
        "has to show",
    ),
    "settle-negative": ({"settle": "-1"}, "--settle -1", "is no number from 0"),
    "patience-for-ever": ({"patience": "inf"}, "--patience inf", "is no number from 0.05"),
}


@pytest.mark.parametrize(("changes", "names", "instead"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_line_that_names_it_and_says_what_to_write_instead(
    changes: dict[str, str], names: str, instead: str
) -> None:
    text = _mistake({**TOLD, **changes})

    assert text.startswith(names)
    assert instead in text


FILES: dict[str, tuple[str | bytes, str, str]] = {
    "no-toml": (f"token = {SECRET}", "", "is no TOML (Invalid value (at line 1, column 9))"),
    "no-utf-8": (b"token = '\xff'", "", "is no TOML"),
    "unknown-key": (
        "\ntokn = 'a'",
        "line 2",
        "unknown key tokn; the keys are effort, max-rate, max-requests",
    ),
    "underscore": ("other_token = 'a'", "line 1", "unknown key other_token; the keys are"),
    "table": (f"[token]\nvalue = '{SECRET}'", "line 1", "token is neither a text nor a number"),
    "boolean": ("seed = true", "line 1", "seed is neither a text nor a number"),
    "date": ("seed = 2026-01-01", "line 1", "seed is neither a text nor a number"),
    "number": ("# in seconds\ntimeout = 0", "line 2", "--timeout 0: is no number"),
    "list-of-tables": ("require = [{}]", "line 1", "require is neither a text nor a number"),
    "no-token": (f"target = '{URL}'\ntoken = ''", "", "no token"),
    "bad-token": (
        f"target = '{URL}'\n  'token' = '{SECRET} '",
        "line 2",
        "--token: a token is visible ASCII",
    ),
    "unset-variable": (
        "token = '${NO_SUCH}'",
        "line 1",
        "token needs the environment variable NO_SUCH, which is not",
    ),
    "targets-is-a-text": ("targets = 'eu'", "line 1", "targets is no table; write [targets.NAME]"),
    "target-is-a-text": ("[targets]\neu = 'x'", "line 2", "eu is no target; write [targets.eu]"),
    "target-is-a-path": ("[targets.'../eu']\n", "", "'../eu' cannot name a folder"),
    "key-of-a-target": (
        f"token = '{SECRET}'\n\n[targets.eu]\ntoken = 'x'\ntargt = 'x'",
        "line 5",
        "unknown key targt; the keys are",
    ),
    "value-of-a-target": (
        f"token = '{SECRET}'\ntarget = '{URL}'\n[targets.eu]\norigin = 'eu.example' # no scheme",
        "line 4",
        "--origin eu.example: no origin",
    ),
    "value-above-a-target": (
        f"origin = 'eu.example'\n[targets.eu]\ntoken = '{SECRET}'\ntarget = '{URL}'",
        "line 1",
        "--origin eu.example: no origin",
    ),
    "target-without-token": (f"[targets.eu]\ntarget = '{URL}'", "[targets.eu]", "no token"),
    "written-in-line": (f"targets.eu = {{token = '{SECRET} '}}", "", "--token: a token is visible ASCII"),
}


@pytest.mark.parametrize(("content", "line", "said"), FILES.values(), ids=FILES.keys())
def test_a_mistake_in_a_file_is_one_line_that_names_file_line_and_key(
    tmp_path: Path, content: str | bytes, line: str, said: str
) -> None:
    config = _file(tmp_path, content)
    opening = f"--config {config}, {line}: " if line else f"--config {config}: "

    text = _mistake({}, {"BEACON_TARGET": URL} if "--token" in said else {}, config=config)

    assert said in text
    assert text.startswith(opening) or not line


def test_what_an_option_says_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    config = _file(tmp_path, "timeout = 5\n")

    assert _mistake({"timeout": "0"}, config=config).startswith("--timeout 0: ")
    assert _mistake({}, {"BEACON_TIMEOUT": "0"}, config=config).startswith("--timeout 0: ")


def test_a_secret_of_a_file_comes_from_the_environment(tmp_path: Path) -> None:
    config = _file(
        tmp_path,
        f"target = '{URL}'\ntoken = '${{STAGING}}'\nobserver = 'https://h/{{token}}?key=a-${{KEY}}'\n"
        "observer-headers = ['A: ${KEY}', 'B: 2']\n",
    )

    told = read_settings({}, {"STAGING": SECRET, "KEY": "k"}, config)

    assert (told.token, told.observer) == (SECRET, "https://h/{token}?key=a-k")
    assert told.observer_header_lines == (("A", "k"), ("B", "2"))


def test_a_command_s_variables_are_left_to_its_shell(tmp_path: Path) -> None:
    config = _file(tmp_path, "observer = 'exec:read-events --key ${KEY}'\n")

    assert read_settings({}, {"KEY": SECRET}, config).observer == "exec:read-events --key ${KEY}"


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


def test_a_named_target_takes_over_what_stands_above_it(tmp_path: Path) -> None:
    config = _file(tmp_path, REGIONS)

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


def test_which_of_several_targets_is_meant_has_to_be_said(tmp_path: Path) -> None:
    config = _file(tmp_path, REGIONS)

    assert _mistake({}, config=config) == "--config has the targets eu, us; name one with --only"
    with pytest.raises(ConfigurationError, match=r"--only asia: .* the targets of --config are eu, us"):
        read_settings({}, {}, config, only="asia")
    with pytest.raises(ConfigurationError, match="no target is called so; --config has no"):
        read_settings({}, {}, only="eu")


def test_a_token_stands_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"{SECRET}\n", "utf-8")
    (tmp_path / "b").write_text(OTHER, "utf-8")

    told = read_settings(
        {"target": URL, "token-file": str(tmp_path / "a")},
        {"BEACON_OTHER_TOKEN_FILE": str(tmp_path / "b")},
        _file(tmp_path, f"revoked-token-file = '{tmp_path / 'a'}'\n"),
    )

    assert (told.token, told.other_token, told.revoked_token) == (SECRET, OTHER, SECRET)


@pytest.mark.parametrize("by_file", [False, True])
def test_a_token_and_its_file_are_one_thing_told_in_two_ways(tmp_path: Path, by_file: bool) -> None:
    (tmp_path / "token").write_text(SECRET, "utf-8")
    file = {"token-file": str(tmp_path / "token")}
    over: dict[str, str] = file if by_file else {"token": OTHER}
    under = {"BEACON_TOKEN": OTHER} if by_file else {"BEACON_TOKEN_FILE": file["token-file"]}

    assert read_settings({"target": URL, **over}, under).token == (SECRET if by_file else OTHER)


def test_a_token_and_its_file_at_once_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(SECRET, "utf-8")
    both = {"token": OTHER, "token-file": str(tmp_path / "token")}

    assert "give one of the two" in _mistake({"target": URL, **both})


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"\n", "is empty"), (b"\xff", "is no text")]
)
def test_a_token_file_without_a_token_is_one_line(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)

    assert _mistake({"target": URL, "token-file": str(path)}).startswith(f"--token-file {path}: {said}")


@pytest.mark.parametrize(
    "url",
    [
        "https://cl.uselayers.com",
        "http://CL.UseLayers.com:8443/v1",
        "https://cl.uselayers.com.",
        "https://cl%2Euselayers.com",
    ],
)
def test_the_production_host_is_judged_only_where_that_is_said(url: str) -> None:
    told = {"target": url, "token": SECRET}

    assert "--allow-production" in _mistake(told)
    assert read_settings(told, {}, allow_production=True).target == url


def test_a_host_that_is_only_called_like_production_is_not_it() -> None:
    url = "https://cl.uselayers.com.staging.example"

    assert read_settings({"target": url, "token": SECRET}, {}).target == url


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"

    assert f"--config {missing}: cannot be read (No such file or directory)" == _mistake(
        {}, config=str(missing)
    )
    assert f"--config {tmp_path}: cannot be read (Is a directory)" == _mistake({}, config=str(tmp_path))


def test_settings_do_not_show_what_is_secret() -> None:
    address = f"https://reader:{SECRET}@logs.example/?token={{token}}&key={OTHER}"
    told = Settings(
        URL, SECRET, OTHER, f"{SECRET}-revoked", observer=address, observer_headers=f"Authorization: {OTHER}"
    )

    assert URL in repr(told)
    assert not any(secret in repr(told) for secret in (SECRET, OTHER, "reader"))


def test_reading_leaves_the_environment_alone() -> None:
    before = dict(os.environ)

    read_settings({}, os.environ)

    assert before == dict(os.environ)
