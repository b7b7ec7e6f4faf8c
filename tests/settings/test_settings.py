import json
import os
from pathlib import Path
from typing import Any

import pytest

from conformance.settings import OPTIONS, Settings, model, read_settings
from conformance.settings.options import YES_OR_NO
from tests.support.settings_errors import OTHER, SECRET, URL, VALID, file, mistake

GIVEN: dict[str, tuple[Any, ...]] = {
    "target": (URL, "https://two.example", "https://three.example", "https://three.example"),
    "token": ("t1", "t2", "t3", "t3"),
    "other-token": ("o1", "o2", "o3", "o3"),
    "revoked-token": ("r1", "r2", "r3", "r3"),
    "origin": ("https://a.example", "https://b.example", "https://c.example:8443", "https://c.example:8443"),
    "other-origin": ("https://a.example", "https://b.example", "https://c.example", "https://c.example"),
    "other-store-origin": (
        "https://d.example",
        "https://e.example",
        "http://localhost:3000",
        "http://localhost:3000",
    ),
    "implementation": ("edge 1", "edge 2", " edge 3 ", "edge 3"),
    "observer": tuple(f"https://{host}.example/{{token}}" for host in ("a", "b", "c", "c")),
    "observer-headers": ("A: 1", "A: 2", "A: 3\nB: 4", "A: 3\nB: 4"),
    "require": ("http", "ingestion", " http, stores,", ("http", "stores")),
    "waivers": ("one", "two", "three", Path("three")),
    "report-dir": ("one", "two", "three", Path("three")),
    "seed": ("1", "2", "3", 3),
    "challenge": ("a" * 16, "b" * 16, "c" * 16, "c" * 16),
    "set": ("2026-11", "2027-05", "2027-11", "2027-11"),
    "browser": ("auto", "ws://a.example/x", "none", "none"),
    "effort": ("quick", "standard", "thorough", "thorough"),
    "max-requests": ("1", "2", "3", 3),
    "max-rate": ("1", "2", "0.5", 0.5),
    "connections": ("1", "2", "3", 3),
    "proxy": ("http://a.example:1", "https://b.example", "http://c.example:3128", "http://c.example:3128"),
    "headers": ("A: 1", "A: 2", "A: 3\nB: 4", "A: 3\nB: 4"),
    "ca-file": ("one.pem", "two.pem", "three.pem", "three.pem"),
    "client-cert": ("one.pem", "two.pem", "three.pem", "three.pem"),
    "connect-to": ("192.0.2.1:443", "edge-2.example:8443", "[2001:db8::3]:443", "[2001:db8::3]:443"),
    "wait": ("1", "2", "0.5", 0.5),
    "timeout": ("1", "2", "0.5", 0.5),
    "patience": ("1", "2", "7", 7.0),
    "settle": ("1", "2", "0.5", 0.5),
    "replay": ("one", "two", "three", Path("three")),
}


@pytest.mark.parametrize(
    "option",
    [option for option in OPTIONS if option.name not in YES_OR_NO],
    ids=lambda option: option.name,
)
def test_an_option_wins_over_the_environment_and_the_environment_over_the_file(
    option: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "find_set", lambda _: None)  # there is only one requirement set yet
    in_file, in_environment, on_line, value = GIVEN[option.name]
    others = "".join(f"{name} = '{text}'\n" for name, text in VALID.items() if name != option.name)
    config = file(tmp_path, f"{others}{option.name} = {json.dumps(in_file)}\n")

    by_file = read_settings({}, {}, config)
    by_environment = read_settings({}, {option.variable: in_environment}, config)
    by_option = read_settings({option.name: on_line}, {option.variable: in_environment}, config)

    assert value == getattr(by_option, option.field)
    assert by_file == read_settings({option.name: in_file}, {}, config)
    assert by_environment == read_settings({option.name: in_environment}, {}, config)
    assert len({getattr(settings, option.field) for settings in (by_file, by_environment, by_option)}) == 3


@pytest.mark.parametrize("name", sorted(YES_OR_NO))
def test_an_option_without_a_value_is_true_or_false_in_the_environment_and_in_a_file(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "yes").mkdir()
    yes, no = file(tmp_path / "yes", f"{name} = true\n"), file(tmp_path, f"{name} = false\n")
    variable = f"BEACON_{name.upper()}"

    assert not getattr(read_settings({}, {}), name)
    assert getattr(read_settings({name: "true"}, {variable: "false"}), name)
    assert getattr(read_settings({}, {variable: "True"}, no), name)
    assert getattr(read_settings({}, {variable: ""}, yes), name)
    assert getattr(read_settings({}, {}, yes), name)
    assert f"--{name} maybe: must be true or false" in mistake({}, {variable: "maybe"})


def test_every_option_has_the_same_name_everywhere_and_is_tested() -> None:
    assert GIVEN.keys() | YES_OR_NO == {option.name for option in OPTIONS}
    option = next(option for option in OPTIONS if option.name == "other-token")
    assert (option.flag, option.variable, option.field) == (
        "--other-token",
        "BEACON_OTHER_TOKEN",
        "other_token",
    )


def test_by_default_the_reference_is_judged_in_all_classes_except_browser() -> None:
    assert Settings(require=("http", "ingestion", "stores")) == read_settings({}, {})
    assert read_settings({}, {}).is_reference


def test_a_browser_is_required_by_default_where_it_was_asked_for() -> None:
    assert read_settings({"browser": "auto"}, {}).require == ("http", "ingestion", "stores", "browser")
    assert read_settings({**VALID, "browser": "auto"}, {}).require == ("http", "browser")
    assert read_settings({**VALID, "browser": "auto", "require": "http"}, {}).require == ("http",)
    assert read_settings({**VALID, "browser": ""}, {}).browser == "none"


def test_another_target_is_judged_in_class_http_by_default() -> None:
    settings = read_settings({**VALID, "target": f" {URL}/v1/ "}, {})

    assert (f"{URL}/v1", ("http",), False) == (settings.target, settings.require, settings.is_reference)


MISTAKES: dict[str, tuple[dict[str, str], str, str]] = {
    "no-token": ({"token": ""}, "no token", "--token T or BEACON_TOKEN"),
    "empty-target": ({"target": ""}, "--target: is empty", "https://host, or the word reference"),
    "blank-target": ({"target": "  "}, "--target: is empty", "https://host, or the word reference"),
    "no-scheme": ({"target": "staging.example"}, "--target: is not an http(s) URL", "https://host"),
    "host-and-port": ({"target": "staging.example:8443"}, "--target: is not an http(s) URL", "https://host"),
    "other-scheme": ({"target": "ftp://staging.example"}, "--target: is not an http(s) URL", "https://host"),
    "no-host": ({"target": "https:///beacons"}, "--target: is not an http(s) URL", "https://host"),
    "port-zero": ({"target": "https://staging.example:0"}, "--target: is not an http(s) URL", "https://host"),
    "high-port": (
        {"target": "https://staging.example:65536"},
        "--target: has no usable host or port",
        "https://host:8443",
    ),
    "port-is-a-word": (
        {"target": f"https://staging.example:{SECRET}"},
        "--target: has no usable host or port",
        "https://host",
    ),
    "open-bracket": ({"target": "https://[::1"}, "--target: has no usable host or port", "https://host"),
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
    "origin-with-a-slash": (
        {"origin": "https://shop.example/"},
        "--origin https://shop.example/: is not an origin as browsers send it",
        "; write https://shop.example",
    ),
    "origin-with-a-password": (
        {"origin": f"https://me:{SECRET}@shop.example"},
        "--origin: has a user or password",
        "write https://shop.example",
    ),
    "other-store-origin-with-a-default-port": (
        {"other-store-origin": "http://shop.example:80"},
        "--other-store-origin http://shop.example:80: is not an origin",
        "write http://shop.example",
    ),
    "other-store-origin-without-its-token": (
        {"other-store-origin": "https://shop.example", "other-token": ""},
        "--other-store-origin: is sent with the token of the same store",
        "give --other-token",
    ),
    "origin-without-scheme": ({"origin": "shop.example"}, "--origin shop.example", "https://shop.example"),
    "origin-in-capitals": ({"origin": "https://Shop.example"}, "--origin", "https://shop.example"),
    "other-origin": ({"other-origin": "null"}, "--other-origin null", "https://shop.example"),
    "same-tokens": ({"other-token": SECRET}, "--other-token: is the same as --token", "a second store"),
    "token-with-a-space": ({"token": f"{SECRET} b"}, "--token: ", "visible ASCII without spaces"),
    "token-with-a-line-end": ({"token": f"{SECRET}\n"}, "--token: ", "visible ASCII without spaces"),
    "other-token-beyond-ascii": ({"other-token": f"{OTHER}é"}, "--other-token: ", "visible ASCII"),
    "revoked-token-with-a-space": ({"revoked-token": f"{OTHER} "}, "--revoked-token: ", "visible ASCII"),
    "proxy-without-scheme": (
        {"proxy": "host:3128"},
        "--proxy: is not the URL of a proxy",
        "http://host:3128",
    ),
    "proxy-s-port": (
        {"proxy": f"http://host:{SECRET}"},
        "--proxy: is not the URL of a proxy",
        "http://host:3128",
    ),
    "proxy-login": ({"proxy": f"http://me:{SECRET}@host"}, "--proxy: has a user or", "without a login"),
    "socks": ({"proxy": "socks5://host:1080"}, "--proxy: is not the URL of a proxy", "http://host:3128"),
    "unknown-observer": (
        {"observer": f"ftp://h/{SECRET}"},
        "--observer: there is no kind of observer called 'ftp'",
        "://",
    ),
    "observer-without-scheme": (
        {"observer": f"host/p?key={SECRET}"},
        "--observer: is not a URL",
        "https://host/path",
    ),
    "observer-is-a-secret": ({"observer": SECRET}, "--observer: is not a URL", "https://host/path"),
    "observer-is-a-secret-and-a-time": (
        {"observer": f"h?k={SECRET}&t=12:00"},
        "--observer: is not a URL",
        "https://host",
    ),
    "observer-without-host": (
        {"observer": f"https:///{SECRET}"},
        "--observer: is not a URL",
        "https://host/path",
    ),
    "observer-with-half-a-host": (
        {"observer": f"https://[::1/{SECRET}"},
        "--observer: is not a URL",
        "https://host/path",
    ),
    "observer-with-a-space": ({"observer": "https://h/a b"}, "--observer: is not a URL", "https://host/path"),
    "observer-beyond-ascii": ({"observer": "https://h/ä"}, "--observer: is not a URL", "https://host/path"),
    "observer-of-one-store": (
        {"observer": "https://h/x"},
        "--observer: cannot tell the two stores apart",
        "{token}",
    ),
    "observer-header": (
        {"observer-headers": SECRET},
        "--observer-headers: line 1 is not a header line",
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
    "seed": ({"seed": "1.5"}, "--seed 1.5", "must be a whole number of at least 0"),
    "negative-seed": ({"seed": "-1"}, "--seed -1", "must be a whole number of at least 0"),
    "timeout": ({"timeout": "soon"}, "--timeout soon", "must be a number of at least 0.05"),
    "timeout-zero": ({"timeout": "0"}, "--timeout 0", "must be a number of at least 0.05"),
    "timeout-not-a-number": ({"timeout": "nan"}, "--timeout nan", "must be a number of at least 0.05"),
    "settle-beyond-patience": (
        {"settle": "3", "patience": "2"},
        "--settle 3: must not be longer than --patience 2",
        "must become visible",
    ),
    "settle-negative": ({"settle": "-1"}, "--settle -1", "must be a number of at least 0"),
    "patience-for-ever": ({"patience": "inf"}, "--patience inf", "must be less than 4294967296"),
}


@pytest.mark.parametrize(("changes", "names", "instead"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_gives_one_line_with_its_name_and_a_remedy(
    changes: dict[str, str], names: str, instead: str
) -> None:
    text = mistake({**VALID, **changes})

    assert text.startswith(names)
    assert instead in text


def test_a_token_can_be_in_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"{SECRET}\n", "utf-8")
    (tmp_path / "b").write_text(OTHER, "utf-8")

    settings = read_settings(
        {"target": URL, "token-file": str(tmp_path / "a")},
        {"BEACON_OTHER_TOKEN_FILE": str(tmp_path / "b")},
        file(tmp_path, f"revoked-token-file = '{tmp_path / 'a'}'\n"),
    )

    assert (settings.token, settings.other_token, settings.revoked_token) == (SECRET, OTHER, SECRET)


@pytest.mark.parametrize("by_file", [False, True])
def test_a_token_replaces_a_token_file_and_the_reverse(tmp_path: Path, by_file: bool) -> None:
    (tmp_path / "token").write_text(SECRET, "utf-8")
    file = {"token-file": str(tmp_path / "token")}
    over: dict[str, str] = file if by_file else {"token": OTHER}
    under = {"BEACON_TOKEN": OTHER} if by_file else {"BEACON_TOKEN_FILE": file["token-file"]}

    assert read_settings({"target": URL, **over}, under).token == (SECRET if by_file else OTHER)


def test_a_token_together_with_a_token_file_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(SECRET, "utf-8")
    both = {"token": OTHER, "token-file": str(tmp_path / "token")}

    assert "give one of the two" in mistake({"target": URL, **both})


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"\n", "is empty"), (b"\xff", "is not a text file")]
)
def test_a_token_file_without_a_token_gives_one_line(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)

    assert mistake({"target": URL, "token-file": str(path)}).startswith(f"--token-file {path}: {said}")


@pytest.mark.parametrize(
    "url",
    [
        "https://cl.uselayers.com",
        "http://CL.UseLayers.com:8443/v1",
        "https://cl.uselayers.com.",
        "https://cl%2Euselayers.com",
    ],
)
def test_the_production_host_is_judged_only_with_its_option(url: str) -> None:
    settings = {"target": url, "token": SECRET}

    assert "--allow-production" in mistake(settings)
    assert read_settings(settings, {}, allow_production=True).target == url


def test_a_host_with_a_similar_name_is_not_production() -> None:
    url = "https://cl.uselayers.com.staging.example"

    assert read_settings({"target": url, "token": SECRET}, {}).target == url


def test_settings_do_not_show_secrets() -> None:
    address = f"https://reader:{SECRET}@logs.example/?token={{token}}&key={OTHER}"
    settings = Settings(
        URL, SECRET, OTHER, f"{SECRET}-revoked", observer=address, observer_headers=f"Authorization: {OTHER}"
    )

    assert URL in repr(settings)
    assert not any(secret in repr(settings) for secret in (SECRET, OTHER, "reader"))


def test_reading_does_not_change_the_environment() -> None:
    before = dict(os.environ)

    read_settings({}, os.environ)

    assert before == dict(os.environ)
