"""The target of a benchmark: the reference or a mutant, in its own process.

``python -m bench.target [MUTANT [DELAY [OTHERS]]]`` prints its URL. Events are visible after DELAY seconds, behind OTHERS
events of others. On SIGTERM it ends, and prints how many requests ``/beacon`` received, and
how many events were in them.
"""

import json
import signal
import sys
from typing import Any

from bench.costs import other_events
from conformance import reference
from conformance.mutants import ALL
from conformance.reference import Rules


def counting(rules: type[Rules]) -> type[Rules]:
    """Return rules that count requests and events."""

    class Counting(rules):  # type: ignore[misc, valid-type]  # its base is a mutant
        requests = 0
        events = 0

        def receive(self, *what: Any) -> Any:
            self.requests += 1
            return super().receive(*what)

        def entries(self, *what: Any) -> Any:
            found = super().entries(*what)
            self.events += len(found)
            return found

    return Counting


def main(name: str = "", delay: str = "0.02", others: str = "0") -> None:
    """Serve until SIGTERM."""
    rules = next(one.rules for one in ALL if one.name == name) if name else Rules
    ended = {signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ended)
    with reference.Server(counting(rules), delay=float(delay)) as server:
        crowd, stored = other_events(int(others)), server.database.events
        if crowd:
            vars(server.database)["events"] = lambda *what: [*crowd, *stored(*what)]
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        signal.sigwait(ended)
        counted: Any = server.rules
        sys.stdout.write(json.dumps([counted.requests, counted.events]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
