import base64
from pathlib import Path
from urllib.parse import quote

import pytest
from judging import run
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference
from conformance.reference.shops import SHOPS, Shop
from conformance.tokens import percent_encoded

SECRETS = ("sEntinel-A/one+two=three", "sEntinel-B four".replace(" ", "&"))


class Leaky(reference.Rules):
    """Repeats whatever it is sent, in bodies, headers and the reason of a refusal."""

    def shop_for(self, token: str | None) -> Shop | None:
        return SHOPS[SECRETS.index(token)] if token in SECRETS else None

    def finish(self, request: Request, response: Response, /) -> Response:
        header = request.headers.get("x-storefront-access-token", "")
        response.headers["X-Echo"] = f"{request.url.query} {header}".strip()
        return response


def _forms(secret: str) -> set[str]:
    halves = {secret[: len(secret) // 2], secret.swapcase()}
    encoded = {
        quote(secret, safe=""),
        percent_encoded(secret),
        base64.b64encode(secret.encode()).decode().rstrip("="),
    }
    return {form.lower() for form in {secret, *halves, *encoded}}


@pytest.mark.parametrize("how", ["passing", "failing", "crashing"])
def test_no_token_is_in_any_file_or_on_the_terminal(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).with_name("plugins"))
    with reference.Server(Leaky, delay=0.005) as server:
        told = [
            f"--target={server.url}",
            f"--token={SECRETS[0]}",
            f"--other-token={SECRETS[1]}",
            f"--origin={reference.ORIGIN}",
            f"--report-dir={tmp_path}",
            "--timeout=2",
            "--patience=1",
            "-vv",
        ]
        crashing = ["-p", "faulty", "--requirement=token.header-accepted", "--requirement=token.header-wins"]
        more = {
            "passing": ["--requirement=token.header-accepted"],
            "failing": [],
            "crashing": crashing,
        }[how]
        _, output = run(*told, *more)

    texts = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} | {"terminal": output}
    leaks = {
        (name, form)
        for name, text in texts.items()
        for secret in SECRETS
        for form in _forms(secret)
        if form in text.lower()
    }
    assert set() == leaks
    assert "‹token A›" in texts["results.json"]
