"""The text that the reference prints when it is started by hand."""

import json
import shlex

from conformance.reference.stores import (
    FOREIGN_ORIGIN,
    ORIGIN,
    OTHER_ORIGIN,
    OTHER_TOKEN,
    REVOKED_TOKEN,
    TOKEN,
)


def greeting(url: str, observer: str) -> str:
    """Return the text that says how to call a server and how to judge it."""
    event = {
        "event_id": "0197f0c0-0000-7000-8000-000000000001",
        "event_type": "product_view",
        "timestamp": "2026-01-01T12:00:00Z",
        "session_id": "by-hand",
        "product_id": 1,
    }
    curl = (
        ("curl", "-i", f"{url}/beacon"),
        ("-H", f"X-Storefront-Access-Token: {TOKEN}"),
        ("-H", "Content-Type: application/json"),
        ("-H", f"Origin: {ORIGIN}"),
        ("-d", json.dumps({"events": [event]}, separators=(",", ":"))),
    )
    judge = (
        ("beacon-conformance", "run", "--target", url),
        ("--token", TOKEN),
        ("--other-token", OTHER_TOKEN),
        ("--revoked-token", REVOKED_TOKEN),
        ("--origin", ORIGIN),
        ("--other-origin", OTHER_ORIGIN),
        ("--other-store-origin", FOREIGN_ORIGIN),
        ("--observer", observer),
    )
    return f"""\
The reference target listens at {url}/beacon (stop it with Ctrl-C).

  token           {TOKEN}
  other token     {OTHER_TOKEN}
  revoked token   {REVOKED_TOKEN}
  origins         {ORIGIN}
                  {OTHER_ORIGIN}
                  {FOREIGN_ORIGIN} (with the other token)
  read-back       {observer}

Send an event:

{_command(curl)}

Judge it:

{_command(judge)}
"""


def _command(lines: tuple[tuple[str, ...], ...]) -> str:
    return "  " + " \\\n    ".join(shlex.join(line) for line in lines)
