"""How a browser is found and started, and the reasons why none can judge."""

import builtins
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.browser import Browser, Unusable
from conformance.browser.launching import NAMES, Choice, environment, first_installed, flags
from conformance.browser.tab import Script

SCRIPT = Script("https://shop.example", "({})")


def _program(path: Path, text: str = "exit 1") -> str:
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


def _why(browser: Browser) -> str:
    try:
        with pytest.raises(Unusable) as raised:
            browser.facts  # noqa: B018 - the property waits for the browser
        with pytest.raises(Unusable):
            browser.run(SCRIPT).result()
    finally:
        browser.close()
    return str(raised.value)


def test_the_browser_may_look_up_no_other_host() -> None:
    given = flags(Choice("auto", ("127.0.0.1", "target.example"), ("127.0.0.1:80",)))

    assert "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE target.example" in given
    assert "--ip-address-space-overrides=127.0.0.1:80=public" in given
    assert "--no-proxy-server" in given
    assert not any("web-security" in one or "ignore-certificate" in one for one in given)


def test_the_browser_gets_neither_tokens_nor_proxies() -> None:
    given = {"PATH": "/bin", "BEACON_TOKEN": "t", "https_proxy": "http://p", "NO_PROXY": "*", "HOME": "/root"}

    assert environment(given) == {"PATH": "/bin", "HOME": "/root"}


def test_auto_takes_the_first_browser_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert first_installed(NAMES) is None

    _program(tmp_path / "microsoft-edge")
    chromium = _program(tmp_path / "chromium-browser")
    assert first_installed(NAMES) == chromium


def test_a_machine_without_a_browser_gets_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))

    why = _why(Browser(Choice("auto")))

    assert why.count("\n") == 0
    assert "apt-get install chromium" in why


def test_without_playwright_the_reason_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *how: Any) -> Any:
        if name.startswith("playwright"):
            raise ModuleNotFoundError(name)
        return real(name, *how)

    monkeypatch.delitem(sys.modules, "playwright.sync_api", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)

    assert "pip install 'beacon-conformance[browser]'" in _why(Browser(Choice("auto")))


def test_a_program_that_is_no_browser_is_named_in_one_line(tmp_path: Path) -> None:
    why = _why(Browser(Choice(_program(tmp_path / "other"))))

    assert "\n" not in why
    assert "--browser PATH" in why


def test_an_address_without_a_browser_is_named_in_one_line() -> None:
    why = _why(Browser(Choice("ws://127.0.0.1:9/devtools/browser/x")))

    assert "\n" not in why
    assert "--remote-debugging-port" in why
