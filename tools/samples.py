"""The sample reports in ``reports/sample``: ``make samples`` judges three targets anew and writes what is kept of it."""

import gzip
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request

from conformance import reference, results
from conformance.report.formats import FORMATS
from tests.support.runs import options_for, run

SAMPLES = Path(__file__).parents[1] / "reports" / "sample"
MOST_SHOWN = ("compliance.html", "summary.md", "badge.json", "badge.svg")
"""The faces that are kept; the others can be made from the results."""
RESULTS = "results.json.gz"
NOBODY = "http://127.0.0.1:9"
"""Where nothing listens: the port of the discard service."""


class Careless(reference.Rules):
    """The query token wins over the header, the limit is 99 entries, and there is no ``Vary``."""

    max_entries = 99

    def token(self, request: Request) -> str | None:
        return self.query_token(request) or self.header_token(request)

    def vary(self, _request: Request, /) -> str | None:
        return None


def of_the_reference(directory: Path) -> None:
    run(f"--report-dir={directory}")


def of_a_careless_target(directory: Path) -> None:
    with reference.Server(Careless) as server:
        run(*options_for(server), "--require=http,ingestion,stores", f"--report-dir={directory}")


def of_nobody(directory: Path) -> None:
    run(f"--target={NOBODY}", f"--token={reference.TOKEN}", f"--report-dir={directory}")


MAKERS: dict[str, Callable[[Path], None]] = {
    "reference": of_the_reference,
    "non-conforming": of_a_careless_target,
    "unreachable": of_nobody,
}


def read(name: str, directory: Path) -> results.Results:
    """Return the results of a sample, unpacked into a folder."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "results.json"
    path.write_bytes(gzip.decompress((SAMPLES / name / RESULTS).read_bytes()))
    return results.read(path)


def keep(name: str, source: Path) -> None:
    """Keep a results file and what it makes, as a sample."""
    directory = SAMPLES / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    content = results.read(source)
    for file in MOST_SHOWN:
        (directory / file).write_text(FORMATS[file](content), "utf-8", newline="\n")
    # No name and no time in it: the same results make the same file.
    (directory / RESULTS).write_bytes(gzip.compress(source.read_bytes(), mtime=0))


def main(*, again: bool) -> None:
    """Judge, or only render what was judged, and keep it."""
    for name, judge in MAKERS.items():
        with tempfile.TemporaryDirectory() as folder:
            directory = Path(folder)
            if again:
                read(name, directory)
            else:
                judge(directory)
            keep(name, directory / "results.json")
        sys.stdout.write(f"{SAMPLES / name}\n")


if __name__ == "__main__":
    main(again="--render" in sys.argv)
