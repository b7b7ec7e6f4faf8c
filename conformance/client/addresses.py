"""Looks up the addresses of a host within a time: the system's resolver has no timeout that a caller can set."""

import socket
import threading
from queue import Empty, SimpleQueue


def addresses_of(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of a host, each once. Raises OSError; a TimeoutError if they are not found in time."""
    answer: SimpleQueue[list[str] | OSError] = SimpleQueue()
    # A lookup that hangs cannot be ended, so its thread is left behind.
    threading.Thread(
        target=lambda: answer.put(_looked_up(host, port)), name=f"look up {host}", daemon=True
    ).start()
    try:
        found = answer.get(timeout=max(0.0, seconds))
    except Empty:
        raise TimeoutError(f"the name was not looked up within {seconds:g} s") from None
    if isinstance(found, OSError):
        raise found
    return found


def _looked_up(host: str, port: int) -> list[str] | OSError:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except UnicodeError as error:
        return OSError(str(error))
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
