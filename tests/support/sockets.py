"""Watches which remote addresses the processes below this one have sockets to. Linux only."""

import ipaddress
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROC = Path("/proc")
BETWEEN = 0.01
"""Seconds between two looks."""


@contextmanager
def watched() -> Iterator[set[str]]:
    """Yield a set that fills with the remote addresses of all descendants of this process."""
    seen: set[str] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            seen.update(_remote_addresses())
            time.sleep(BETWEEN)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _remote_addresses() -> set[str]:
    inodes = {inode for pid in descendants() for inode in _sockets(pid)}
    return {
        address
        for kind in ("tcp", "tcp6", "udp", "udp6")
        for address, inode in _table(PROC / "self" / "net" / kind)
        if inode in inodes
    }


def descendants() -> set[int]:
    """Return the processes below this one."""
    parents: dict[int, int] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, new = set[int](), {os.getpid()}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new} - found
        found |= new
    return found


def _sockets(pid: int) -> Iterator[str]:
    try:
        for entry in os.scandir(PROC / str(pid) / "fd"):
            try:
                target = str(Path(entry.path).readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                yield target[8:-1]
    except OSError:
        return


def _table(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text().splitlines()[1:]:
        fields = line.split()
        host = bytes.fromhex(fields[2].partition(":")[0])
        words = b"".join(host[start : start + 4][::-1] for start in range(0, len(host), 4))
        address = ipaddress.ip_address(words)
        if not address.is_unspecified:
            yield str(address), fields[9]
