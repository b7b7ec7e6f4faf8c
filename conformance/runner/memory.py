"""Has the threads of a run share memory. By default glibc keeps memory of its own for each of up to eight threads a core."""

import ctypes

M_ARENA_MAX = -8
"""The parameter of ``mallopt`` in glibc."""
FEW = 2


def share_arenas() -> bool:
    """Have threads that start from now on share the arenas of malloc; return whether the C library can do that."""
    try:
        change = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library, or another system
        return False
    return bool(change(M_ARENA_MAX, FEW))
