"""From one check to one finding: the call, the second call after a violation, generated examples, the thread pool.

It knows checks and targets, and not pytest: hooks, fixtures and reports of pytest are in ``plugin/``.
"""
