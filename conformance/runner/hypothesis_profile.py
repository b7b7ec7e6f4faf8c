"""How Hypothesis is set up for a run: one explicit profile, a folder of its own, and the same draws everywhere."""

import gzip
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.internal.conjecture import providers

PROFILE = "conformance"
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
"""Explaining a failure costs 100-190 more requests, so that phase is left out."""
UTF_8 = [[[0, 0xD7FF], [0xE000, 0x10FFFF]], []]
"""The intervals of characters that UTF-8 encodes, and those that do not decode to themselves."""


def load_profile(examples: int) -> None:
    """Load one explicit profile, always: a ``CI`` variable would silently load another.

    ``examples`` is the number of examples of one check.
    """
    hypothesis.settings.register_profile(
        PROFILE,
        deadline=None,
        database=None,
        derandomize=True,
        print_blob=False,
        max_examples=examples,
        phases=PHASES,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    hypothesis.settings.load_profile(PROFILE)


def use_home(folder: Path) -> None:
    """Have Hypothesis write into a folder, and not into the user's.

    The table of UTF-8 is put there. Hypothesis would work it out character by character, which costs 1.1 s and 200 MB.
    A release that looks for it elsewhere does so still.
    """
    table = folder / "unicode_data" / unicodedata.unidata_version / "codec-v2-utf-8.json.gz"
    table.parent.mkdir(parents=True)
    table.write_bytes(gzip.compress(json.dumps(UTF_8).encode(), mtime=1))
    set_hypothesis_home_dir(folder)


def ignore_local_constants() -> Callable[[], None]:
    """Have one seed draw the same batches from a checkout, from the wheel and in any folder; return what undoes it.

    Hypothesis mixes in constants from the source files that are not in ``site-packages``, and has no setting for it.
    A release that does so in another way draws as it likes: no run fails because of it.
    """
    nothing = getattr(providers, "Constants", None)
    before = getattr(providers, "_get_local_constants", None)
    if nothing is None or before is None:
        return lambda: None
    vars(providers)["_get_local_constants"] = nothing
    return lambda: vars(providers).update(_get_local_constants=before)
